import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty } from 'chatkitty-platform-sdk';
import { href, idsOf, readByCursor, refusal, SdkWorld } from '../support/sdk-world.js';

const NOWHERE = 9_007_199_254_740_991;

describe('Messages of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start('messages');
    ({ kitty } = world);
  });
  afterAll(() => world?.stop());

  it('retrieves and updates a message', async () => {
    const user = await world.createUser();
    const message = await world.send(await world.createChannel([user]), 'Helo', user);
    expect((await kitty.Messages.retrieveMessage(message.id)).data).toEqual(message);
    expect((await world.links.get(href(message, 'self'))).body).toEqual(message);

    const { data: updated } = await kitty.Messages.updateMessage(message.id, {
      body: 'Hello',
      properties: { edited: 'by hand' },
    });

    expect(updated).toEqual({
      ...message,
      body: 'Hello',
      properties: { edited: 'by hand' },
      lastEditedTime: expect.any(String),
    });
    expect((await kitty.Messages.retrieveMessage(message.id)).data).toEqual(updated);
    expect((await kitty.Messages.updateMessage(message.id)).data).toEqual(updated);
    const { status, data } = await refusal(kitty.Messages.updateMessage(message.id, { body: '' }));
    expect(status).toBe(400);
    expect(data.errors).toMatchObject([{ resource: 'Message', field: 'body', code: 'invalid' }]);
  });

  it('lists the messages of the application by cursor, with filters', async () => {
    const user = await world.createUser();
    const [here, there] = [await world.createChannel([user]), await world.createChannel([user])];
    const word = world.unique('needle');
    const sent = [
      await world.send(here, `${word} one`, user),
      await world.send(there, `two ${word.toUpperCase()}`, user),
      await world.send(here, `${word} three`),
    ].reverse();
    const list = kitty.Messages.listMessages.bind(kitty.Messages);

    const pages = await readByCursor((...cursor) => list(2, ...cursor));
    expect(pages.flat().slice(0, 3)).toEqual(idsOf(sent));
    expect(pages.flat()).toEqual([...new Set(pages.flat())].sort((a, b) => b - a));
    expect(idsOf(await world.links.all(`${world.server.url}/v1/messages?size=2`, 'messages'))).toEqual(pages.flat());

    const found = await readByCursor((...cursor) => list(2, ...cursor, undefined, word));
    expect(found).toEqual([idsOf(sent).slice(0, 2), idsOf(sent).slice(2)]);
    const ofUser = await readByCursor((...cursor) => list(100, ...cursor, user.name, word));
    expect(ofUser).toEqual([idsOf(sent.slice(1))]);
  });

  it('deletes a message, and answers the thread that it was in', async () => {
    const channel = await world.createChannel();
    const [first, second] = [await world.send(channel, 'First'), await world.send(channel, 'Second')];

    const { data: thread } = await kitty.Messages.deleteMessage(second.id);

    expect(thread).toMatchObject({ type: 'MAIN' });
    expect(href(thread, 'self')).toBe(href(channel, 'thread'));
    expect(await refusal(kitty.Messages.retrieveMessage(second.id))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Messages.deleteMessage(second.id))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Messages.updateMessage(second.id))).toMatchObject({ status: 404 });
    const { data } = await kitty.Channels.retrieveChannel(channel.id);
    expect(data.lastReceivedMessage!.id).toBe(first.id);
  });

  it('lists who has read a message, page by page', async () => {
    const [sender, a, b] = [await world.createUser(), await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([sender, a, b]);
    const message = await world.send(channel, 'Read me', sender);
    const later = await world.send(channel, 'And me', sender);
    const began = Date.now();
    const readers = async ({ id }: { id: number }, page?: number, size?: number, sort?: string[]) => {
      const { data } = await kitty.Messages.listMessageReadReceipts(id, page, size, sort);
      return { page: data.page!, receipts: data._embedded!.receipts! };
    };
    expect(await readers(message)).toMatchObject({ page: { totalElements: 0 }, receipts: [] });

    await world.read(channel, a, message);
    await world.read(channel, b);

    const first = await readers(message, 0, 1, ['id']);
    const second = await readers(message, 1, 1, ['id']);
    expect(first.page).toEqual({ number: 0, size: 1, totalElements: 2, totalPages: 2 });
    const receipts = [...first.receipts, ...second.receipts];
    expect(receipts.map(({ user }) => user.id)).toEqual(idsOf([a, b]));
    for (const receipt of receipts) {
      expect(Date.parse(receipt.createdTime)).toBeGreaterThanOrEqual(began - 1_000);
      expect((await world.links.get(href(receipt, 'user'))).body.id).toBe(receipt.user.id);
      expect((await world.links.get(href(receipt, 'message'))).body).toEqual(message);
    }
    expect((await readers(later)).receipts.map(({ user }) => user.id)).toEqual([b.id]);
    const { body: shown } = await world.links.get(`${href(message, 'readReceipts')}?sort=id`);
    expect(shown._embedded.receipts).toEqual(receipts);
    expect(await refusal(readers({ id: NOWHERE }))).toMatchObject({ status: 404 });
  });

  it('deletes all messages, and answers the application', async () => {
    const [sender, reader] = [await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([sender, reader]);
    const message = await world.send(channel, 'Soon gone', sender);
    await kitty.Threads.sendThreadMessage(message.id, { type: 'TEXT', body: 'As well', user: { id: reader.id } });

    const { data: application } = await kitty.Messages.deleteMessages();

    expect(application).toEqual((await kitty.Application.retrieveAuthenticatedApplication()).data);
    expect((await kitty.Messages.listMessages()).data).toMatchObject({
      _embedded: { messages: [] },
      page: { size: 0 },
    });
    expect((await kitty.Channels.listChannelMessages(channel.id)).data._embedded!.messages).toEqual([]);
    expect((await kitty.Users.listUserMessages(sender.id)).data._embedded!.messages).toEqual([]);
    expect(await refusal(kitty.Messages.retrieveMessage(message.id))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Messages.listMessageReadReceipts(message.id))).toMatchObject({ status: 404 });
    expect((await kitty.Channels.retrieveChannel(channel.id)).data).not.toHaveProperty('lastReceivedMessage');
    // What is said afterwards stays.
    const next = await world.send(channel, 'A new beginning', sender);
    expect(idsOf((await kitty.Messages.listMessages()).data._embedded!.messages!)).toEqual([next.id]);
  });

  it('have been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});
