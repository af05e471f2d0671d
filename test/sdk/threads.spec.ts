import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty, FileChatUserMessageResource } from 'chatkitty-platform-sdk';
import { formFor } from '../support/sdk-forms.js';
import { href, idsOf, readByCursor, refusal, SdkWorld } from '../support/sdk-world.js';

describe('Threads of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start('threads');
    ({ kitty } = world);
  });
  afterAll(() => world?.stop());

  it('sends and lists replies', async () => {
    const user = await world.createUser();
    const channel = await world.createChannel([user]);
    const parent = await world.send(channel, 'What do you think?');

    const replies: number[] = [];
    for (let index = 0; index < 3; index++) {
      const given = { type: 'TEXT', body: `Reply ${index}`, user: { id: user.id } };
      const { data } = await kitty.Threads.sendThreadMessage(parent.id, given);
      expect(data).toMatchObject({ type: 'TEXT', channelId: channel.id, nestedLevel: 1, user: { id: user.id } });
      replies.unshift(data.id);
    }

    const pages = await readByCursor((...cursor) => kitty.Threads.listThreadMessages(parent.id, 2, ...cursor));
    expect(pages).toEqual([replies.slice(0, 2), replies.slice(2)]);
    expect(idsOf(await world.links.all(`${href(parent, 'thread')}/messages?size=2`, 'messages'))).toEqual(replies);
    expect((await kitty.Messages.retrieveMessage(parent.id)).data.repliesCount).toBe(3);
    const { data } = await kitty.Channels.listChannelMessages(channel.id);
    expect(idsOf(data._embedded!.messages!)).toEqual([...replies, parent.id]);
  });

  it('retrieves the thread of a message, and that of a channel', async () => {
    const channel = await world.createChannel();
    const message = await world.send(channel, 'To be answered');

    const { data: replies } = await kitty.Threads.retrieveThread(message.id);
    expect(replies).toMatchObject({ id: message.id, type: 'MESSAGE', properties: {} });
    expect((await world.links.get(href(message, 'thread'))).body).toEqual(replies);

    const { body: main } = await world.links.get(href(channel, 'thread'));
    expect((await kitty.Threads.retrieveThread(main.id)).data).toEqual({ ...main, type: 'MAIN' });
    const { data: sent } = await kitty.Threads.sendThreadMessage(main.id, { type: 'TEXT', body: 'In the open' });
    expect(sent).toMatchObject({ type: 'SYSTEM_TEXT', channelId: channel.id, nestedLevel: 0 });
    const { data } = await kitty.Threads.listThreadMessages(main.id);
    expect(idsOf(data._embedded!.messages!)).toEqual(idsOf([sent, message]));
  });

  it('sends a file as a reply, with a form', async () => {
    const user = await world.createUser();
    const channel = await world.createChannel([user]);
    const parent = await world.send(channel, 'Where is the plan?');
    const form = await formFor({ file: new File(['The plan'], 'plan.txt'), username: user.name });

    const reply = (await kitty.Threads.sendThreadMessage(parent.id, ...form)).data as FileChatUserMessageResource;

    expect(reply).toMatchObject({ type: 'FILE', nestedLevel: 1, channelId: channel.id, user: { id: user.id } });
    expect(reply.file).toMatchObject({ type: 'HOSTED', name: 'plan.txt', contentType: 'text/plain', size: 8 });
    expect(await (await fetch(reply.file.url)).text()).toBe('The plan');
    const { data } = await kitty.Threads.listThreadMessages(parent.id);
    expect(data._embedded!.messages).toEqual([reply]);
  });

  it('does not know the thread of a message that does not exist', async () => {
    const nowhere = 9_007_199_254_740_991;

    expect(await refusal(kitty.Threads.retrieveThread(nowhere))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Threads.listThreadMessages(nowhere))).toMatchObject({ status: 404 });
    const sent = kitty.Threads.sendThreadMessage(nowhere, { type: 'TEXT', body: 'Anybody?' });
    expect(await refusal(sent)).toMatchObject({ status: 404, data: { error: 'ResourceNotFoundError' } });
  });

  it('have been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});
