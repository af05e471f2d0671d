import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AddChannelMemberRequest,
  ChatKitty,
  FileChatUserMessageResource,
  FileSystemMessageResource,
  TextChatUserMessageResource,
  TextSystemMessageResource,
} from 'chatkitty-platform-sdk';
import { PNG } from '../support/png.js';
import { formFor } from '../support/sdk-forms.js';
import { cursorIn, href, idsOf, readByCursor, refusal, SdkWorld } from '../support/sdk-world.js';

describe('Messages in channels of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start('channel-messages');
    ({ kitty } = world);
  });
  afterAll(() => world?.stop());

  it('sends system messages', async () => {
    const channel = await world.createChannel();

    const { data } = await kitty.Channels.sendChannelMessage(channel.id, {
      type: 'TEXT',
      body: 'Read https://example.org first 🙂',
      groupTag: 'rules',
      properties: { Pinned: true },
    });

    const message = data as TextSystemMessageResource;
    expect(message).toMatchObject({
      type: 'SYSTEM_TEXT',
      channelId: channel.id,
      body: 'Read https://example.org first 🙂',
      groupTag: 'rules',
      nestedLevel: 0,
      properties: { Pinned: true },
      links: [{ source: 'https://example.org', startPosition: 5, endPosition: 24 }],
    });
    expect(message).not.toHaveProperty('user');
    expect((await kitty.Channels.retrieveChannel(channel.id)).data.lastReceivedMessage).toMatchObject({
      id: message.id,
      type: 'SYSTEM_TEXT',
    });
  });

  it('sends messages on behalf of members only', async () => {
    const [member, other] = [await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([member]);
    const sendFor = (user: AddChannelMemberRequest) =>
      kitty.Channels.sendChannelMessage(channel.id, { type: 'TEXT', body: `Hello <@${other.name}>`, user });

    const message = (await sendFor({ username: member.name })).data as TextChatUserMessageResource;

    expect(message).toMatchObject({ type: 'TEXT', user: { id: member.id, name: member.name } });
    expect(message.mentions).toMatchObject([{ type: 'USER', tag: `<@${other.name}>`, user: { id: other.id } }]);
    expect((await world.links.get(href(message, 'user'))).body).toEqual(member);
    const stranger = await refusal(sendFor({ id: other.id }));
    expect(stranger.status).toBe(400);
    expect(stranger.data.errors).toMatchObject([{ resource: 'Message', field: 'user', code: 'unprocessable' }]);
    const nobody = await refusal(sendFor({ username: world.unique('nobody') }));
    expect(nobody.status).toBe(404);
    expect(nobody.data.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
  });

  it('sends files that are kept elsewhere', async () => {
    const user = await world.createUser();
    const channel = await world.createChannel([user]);
    const file = { url: 'https://files.example.org/plan.pdf', name: 'plan.pdf', contentType: 'application/pdf' };
    const given = { type: 'FILE', file: { ...file, size: 48_200 } };

    const { data } = await kitty.Channels.sendChannelMessage(channel.id, { ...given, user: { id: user.id } });
    const ofUser = data as FileChatUserMessageResource;
    expect(ofUser).toMatchObject({ type: 'FILE', user: { id: user.id } });
    expect(ofUser.file).toEqual({ type: 'EXTERNAL', ...given.file });

    const ofSystem = (await kitty.Channels.sendChannelMessage(channel.id, given)).data as FileSystemMessageResource;
    expect(ofSystem).toMatchObject({ type: 'SYSTEM_FILE', file: ofUser.file });

    const wrong = { type: 'FILE', file: { ...file, url: 'ftp://example.org' } } as never;
    const { status, data: error } = await refusal(kitty.Channels.sendChannelMessage(channel.id, wrong));
    expect(status).toBe(400);
    expect(error.errors).toEqual([
      expect.objectContaining({ resource: 'Message', field: 'file.url', code: 'invalid' }),
      expect.objectContaining({ resource: 'Message', field: 'file.size', code: 'missing_field' }),
    ]);
  });

  it('sends files with a form, for members and for the system', async () => {
    const user = await world.createUser();
    const channel = await world.createChannel([user]);
    const given = { username: user.name, groupTag: 'gallery', properties: '{"Album":{"no":7}}' };
    const form = await formFor({ file: new File([PNG], 'dot.png', { type: 'text/plain' }), ...given });

    const ofUser = (await kitty.Channels.sendChannelMessage(channel.id, ...form)).data as FileChatUserMessageResource;

    expect(ofUser).toMatchObject({ type: 'FILE', user: { id: user.id }, groupTag: 'gallery' });
    expect(ofUser.properties).toEqual({ Album: { no: 7 } });
    const hosted = { type: 'HOSTED', name: 'dot.png', contentType: 'image/png', size: PNG.length };
    expect(ofUser.file).toMatchObject(hosted);
    const answer = await fetch(ofUser.file.url);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer()).equals(PNG)).toBe(true);

    const notes = await formFor({ file: new File(['Notes'], 'notes.txt') });
    const ofSystem = (await kitty.Channels.sendChannelMessage(channel.id, ...notes)).data as FileSystemMessageResource;
    expect(ofSystem).toMatchObject({ type: 'SYSTEM_FILE', file: { type: 'HOSTED', contentType: 'text/plain' } });
    expect(ofSystem).not.toHaveProperty('user');
    expect((await kitty.Messages.retrieveMessage(ofSystem.id)).data).toEqual(ofSystem);

    const empty = await refusal(kitty.Channels.sendChannelMessage(channel.id, ...(await formFor({ groupTag: 'a' }))));
    expect(empty.status).toBe(400);
    expect(empty.data.errors).toMatchObject([{ field: 'file', code: 'missing_field' }]);
    await kitty.Messages.deleteMessage(ofUser.id);
    expect((await fetch(ofUser.file.url)).status).toBe(404);
  });

  it('lists channel messages by cursor, forwards and back', async () => {
    const channel = await world.createChannel();
    const sent = await world.sendMany(5, channel);

    const pages = await readByCursor((...cursor) => kitty.Channels.listChannelMessages(channel.id, 2, ...cursor));
    expect(pages).toEqual([sent.slice(0, 2), sent.slice(2, 4), sent.slice(4)]);

    const { data: first } = await kitty.Channels.listChannelMessages(channel.id, 2);
    const second = await world.links.get(href(first, 'next'));
    expect(idsOf(second.body._embedded.messages)).toEqual(pages[1]);
    expect(idsOf((await world.links.get(href(second.body, 'self'))).body._embedded.messages)).toEqual(pages[1]);
    expect(idsOf((await world.links.get(href(second.body, 'prev'))).body._embedded.messages)).toEqual(pages[0]);
    const [start, next] = cursorIn(href(second.body, 'prev'));
    const { data: back } = await kitty.Channels.listChannelMessages(channel.id, 2, start, next, 'PREVIOUS');
    expect(idsOf(back._embedded!.messages!)).toEqual(pages[0]);
    expect(idsOf(await world.links.all(`${href(channel, 'messages')}?size=2`, 'messages'))).toEqual(sent);
  });

  it('filters channel messages by sender and text', async () => {
    const [a, b] = [await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([a, b]);
    const greeting = await world.send(channel, 'Good MORNING, everybody', a);
    const answer = await world.send(channel, 'good morning', b);
    await world.send(channel, 'Good night', a);
    const find = async (username?: string, query?: string) => {
      const { data } = await kitty.Channels.listChannelMessages(
        channel.id,
        25,
        undefined,
        undefined,
        undefined,
        username,
        query,
      );
      return idsOf(data._embedded!.messages!);
    };

    expect(await find(undefined, 'morning')).toEqual([answer.id, greeting.id]);
    expect(await find(a.name, 'morning')).toEqual([greeting.id]);
    expect(await find(b.name)).toEqual([answer.id]);
    expect(await find(world.unique('nobody'))).toEqual([]);
  });

  it('have been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});
