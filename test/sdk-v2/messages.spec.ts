import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty, ChatUserResource, MessageResource, PublicChannelResource } from 'chatkitty';
import { BASE_PATHS, idsOf, refusal, SdkServer } from './server-sdk.js';

describe('the messages and threads of the newest published SDK', () => {
  let world: SdkServer;
  beforeAll(async () => {
    world = await SdkServer.start();
  });
  afterAll(() => world?.server.stop());

  describe.each(BASE_PATHS)('with the base path %j', (path) => {
    let kitty: ChatKitty;
    let ann: ChatUserResource;
    let bob: ChatUserResource;
    let channel: PublicChannelResource;
    let message: MessageResource;
    beforeAll(async () => {
      kitty = world.kitty(path);
      [ann, bob] = [await world.createUser(path), await world.createUser(path)];
      channel = await world.createChannel(path, [ann, bob]);
      message = await world.send(path, channel, 'See https://example.org', ann);
    });

    it('are retrieved and listed', async () => {
      expect((await kitty.MessagesApi.retrieveMessage(message.id)).data).toEqual(message);
      const links = [{ source: 'https://example.org', start_position: 4, end_position: 23 }];
      expect(message).toMatchObject({ links, nested_level: 0, properties: {} });
      const { data } = await kitty.MessagesApi.listMessages(25, undefined, undefined, undefined, ann.name, 'EXAMPLE');
      expect(data._embedded!.messages).toEqual([message]);
      expect(data.page).toMatchObject({ size: 1, total: 1 });
    });

    it('are updated', async () => {
      const sent = await world.send(path, channel, 'Before', ann);
      const { data } = await kitty.MessagesApi.updateMessage(sent.id, { body: 'After', properties: { innerKey: 1 } });
      expect(data).toMatchObject({ body: 'After', properties: { innerKey: 1 }, last_edited_time: expect.any(String) });
      expect((await kitty.MessagesApi.updateMessage(sent.id)).data).toEqual(data);
    });

    it('have a thread', async () => {
      const text = { type: 'TEXT', body: 'A reply', user: { id: bob.id } };
      const reply = (await kitty.ThreadsApi.sendThreadMessage(message.id, text)).data;
      expect(reply).toMatchObject({ type: 'TEXT', body: 'A reply', nested_level: 1, channel_id: channel.id });
      const thread = (await kitty.ThreadsApi.retrieveThread(message.id)).data;
      expect(thread).toMatchObject({ id: message.id, type: 'MESSAGE', created_time: expect.stringMatching(/Z$/) });
      const replies = (await kitty.ThreadsApi.listThreadMessages(message.id, 5)).data;
      expect(idsOf(replies._embedded!.messages)).toEqual([reply.id]);
      expect((await kitty.MessagesApi.retrieveMessage(message.id)).data.replies_count).toBe(1);
      const keystrokes = { keys: 'Wh', user: { username: ann.name } };
      expect((await kitty.ThreadsApi.sendThreadKeystrokes(message.id, keystrokes)).data).toMatchObject({
        keys: 'Wh',
        username: ann.name,
      });
    });

    it('are read', async () => {
      const position = `/v1/channels/${channel.id}/members/${bob.id}/read-position`;
      expect((await world.client.put(position, { messageId: message.id })).status).toBe(200);
      const { data } = await kitty.MessagesApi.listMessageReadReceipts(message.id);
      expect(data._embedded!.receipts).toEqual([
        expect.objectContaining({
          user: expect.objectContaining({ id: bob.id, display_name: bob.display_name }),
          created_time: expect.stringMatching(/Z$/),
        }),
      ]);
      const summaries = (await kitty.ApplicationApi.retrieveApplicationMessageReadReceiptSummaries({ size: 100 })).data;
      const mine = summaries._embedded!.summaries!.filter((summary) => summary.user.id === ann.id);
      expect(mine).toMatchObject([{ channel: { id: channel.id }, count: expect.any(Number) }]);
    });

    it('are deleted, one or all', async () => {
      const sent = await world.send(path, channel, 'Wrong', ann);
      expect((await kitty.MessagesApi.deleteMessage(sent.id)).data).toMatchObject({ type: 'MAIN' });
      expect((await refusal(kitty.MessagesApi.retrieveMessage(sent.id))).status).toBe(404);
      expect((await kitty.MessagesApi.deleteMessages()).data).toMatchObject({ key: expect.any(String) });
      const { data } = await kitty.MessagesApi.listMessages();
      expect([data._embedded!.messages, data.page.total]).toEqual([[], 0]);
    });

    it('have been used by every method that the server has an operation for', () => {
      const { supported, answered } = world.used(path, ['MessagesApi', 'ThreadsApi']);
      expect(supported).toHaveLength(10);
      expect(answered).toEqual(supported);
    });
  });
});
