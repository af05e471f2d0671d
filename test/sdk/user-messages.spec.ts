import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty, ChatUserResource, NotificationResource } from 'chatkitty-platform-sdk';
import { cursorIn, href, idsOf, readByCursor, refusal, SdkWorld } from '../support/sdk-world.js';
import { until } from '../support/wait.js';

/** What a notification is about. The types of the SDK know the channel alone. */
interface NotificationData {
  type: string;
  channelId: number;
  message: { id: number; body: string; _links: object };
  parent?: { id: number };
  mentionedUser?: { id: number };
}

describe('Channels, messages and notifications of users of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start('user-messages');
    ({ kitty } = world);
  });
  afterAll(() => world?.stop());

  it("lists a user's channels", async () => {
    const user = await world.createUser();
    const channels = [
      await world.createChannel([user]),
      await world.createChannel([user]),
      await world.createChannel([user]),
    ];
    await world.createChannel();

    const { data } = await kitty.Users.listUserChannels(user.id, 0, 2, ['createdTime']);

    expect(data.page).toEqual({ number: 0, size: 2, totalElements: 3, totalPages: 2 });
    const { data: second } = await kitty.Users.listUserChannels(user.id, 1, 2, ['createdTime']);
    expect(idsOf([...data._embedded!.channels!, ...second._embedded!.channels!])).toEqual(idsOf(channels));
    expect(idsOf(await world.links.all(href(user, 'channels'), 'channels'))).toEqual(idsOf(channels));
  });

  it("lists a user's messages by cursor", async () => {
    const user = await world.createUser();
    const channel = await world.createChannel([user]);
    const sent = await world.sendMany(5, channel, user);
    await world.send(channel, 'Not by the user');

    const pages = await readByCursor((...cursor) => kitty.Users.listUserMessages(user.id, 2, ...cursor));

    expect(pages).toEqual([sent.slice(0, 2), sent.slice(2, 4), sent.slice(4)]);
    expect(idsOf(await world.links.all(`${href(user, 'messages')}?size=2`, 'messages'))).toEqual(sent);
  });

  it('lists the messages that a user has not read', async () => {
    const [sender, reader] = [await world.createUser(), await world.createUser()];
    const [here, there] = [await world.createChannel([sender, reader]), await world.createChannel([sender, reader])];
    const sent = [
      await world.send(here, 'One', sender),
      await world.send(there, 'Two', sender),
      await world.send(here, 'Three'),
    ].reverse();
    await world.send(here, 'One of my own', reader);
    const unread = (user: ChatUserResource) =>
      readByCursor((start, next, relation) => kitty.Users.listUserMessages(user.id, 2, start, next, relation, true));

    expect(await unread(reader)).toEqual([idsOf(sent).slice(0, 2), idsOf(sent).slice(2)]);
    await world.read(here, reader);
    expect(await unread(reader)).toEqual([[sent[1]!.id]]);
    await world.read(there, reader);
    expect(await unread(reader)).toEqual([[]]);
    // What the user has sent is another list.
    const { data } = await kitty.Users.listUserMessages(sender.id, 25, undefined, undefined, undefined, false);
    expect(idsOf(data._embedded!.messages!)).toEqual(idsOf(sent.slice(1)));
  });

  it('lists notifications by cursor, one for each message that somebody else sent', async () => {
    const [sender, recipient] = [await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([sender, recipient]);
    const own = await world.send(channel, 'I say', recipient);
    const sent = [
      await world.send(channel, 'Hello', sender),
      await world.send(channel, 'Closed at two'),
      await world.send(channel, `Where is <@${recipient.name}>?`, sender),
    ];
    const answer = { type: 'TEXT', body: 'You say?', user: { id: sender.id } };
    sent.push((await kitty.Threads.sendThreadMessage(own.id, answer)).data);
    const notifications = await notificationsOf(recipient, sent.length);

    expect(notifications.map(({ title, body }) => [title, body])).toEqual([
      [`${sender.displayName} replied to a message`, 'You say?'],
      [`${sender.displayName} mentioned you`, `Where is <@${recipient.name}>?`],
      ['System message sent', 'Closed at two'],
      [`${sender.displayName} sent a message`, 'Hello'],
    ]);
    const data = notifications.map((notification) => notification.data as unknown as NotificationData);
    expect(data.map(({ type }) => type)).toEqual([
      'USER:REPLIED_TO:MESSAGE',
      'USER:MENTIONED:USER',
      'SYSTEM:SENT:MESSAGE',
      'USER:SENT:MESSAGE',
    ]);
    expect(data.map(({ message }) => message.id)).toEqual(idsOf(sent).reverse());
    expect(data[0]!.parent).toMatchObject({ id: own.id });
    expect(data[1]!.mentionedUser).toMatchObject({ id: recipient.id });
    expect(data[3]!.message).toEqual((await kitty.Messages.retrieveMessage(sent[0]!.id)).data);
    for (const notification of notifications) {
      expect(notification).toMatchObject({ muted: false, channel: { id: channel.id, name: channel.name } });
      expect(notification).not.toHaveProperty('readTime');
      expect(href(notification, 'recipient')).toBe(href(recipient, 'self'));
    }

    const list = kitty.Users.listUserNotifications.bind(kitty.Users);
    const { data: first } = await list(recipient.id, 3);
    expect(first._embedded!.notifications).toEqual(notifications.slice(0, 3));
    const cursor = cursorIn(href(first, 'next'));
    const { data: second } = await list(recipient.id, 3, ...cursor, 'NEXT');
    expect(second._embedded!.notifications).toEqual(notifications.slice(3));
    expect(second._links).not.toHaveProperty('next');
    const { data: back } = await list(recipient.id, 3, ...cursorIn(href(second, 'prev')), 'PREVIOUS');
    expect(back._embedded!.notifications).toEqual(first._embedded!.notifications);
    expect(await world.links.all(`${href(recipient, 'notifications')}?size=1`, 'notifications')).toEqual(notifications);
    // The sender is not told of what they said themselves.
    expect((await notificationsOf(sender, 2)).map(({ title }) => title)).toEqual([
      'System message sent',
      `${recipient.displayName} sent a message`,
    ]);
    await kitty.Messages.deleteMessage(sent[0]!.id);
    expect(await notificationsOf(recipient, 3)).toEqual(notifications.slice(0, 3));
  });

  it('does not know users who do not exist', async () => {
    const nowhere = 9_007_199_254_740_991;
    const calls = [
      kitty.Users.listUserChannels(nowhere),
      kitty.Users.listUserMessages(nowhere),
      kitty.Users.listUserNotifications(nowhere),
    ];
    for (const refused of await Promise.all(calls.map((call) => refusal(call))))
      expect(refused).toMatchObject({ status: 404, data: { error: 'ResourceNotFoundError' } });
  });

  it('have been used whole', () => {
    expect(world.unused()).toEqual([]);
  });

  /** Waits for them: they are written after the message was answered. */
  async function notificationsOf(user: ChatUserResource, howMany: number): Promise<NotificationResource[]> {
    let found: NotificationResource[] = [];
    await until(`${user.name} has ${howMany} notifications`, async () => {
      found = (await kitty.Users.listUserNotifications(user.id)).data._embedded!.notifications!;
      return found.length >= howMany;
    });
    expect(found).toHaveLength(howMany);
    return found;
  }
});
