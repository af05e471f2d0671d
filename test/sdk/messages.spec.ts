import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty } from 'chatkitty-platform-sdk';
import { href, idsOf, readByCursor, refusal, SdkWorld } from '../support/sdk-world.js';

describe('Messages of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start();
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

  it('has been used whole, as far as the server has the operations', () => {
    const { supported, answered } = world.used('Messages');
    expect(supported.length).toBeGreaterThan(0);
    expect(answered).toEqual(supported);
  });
});
