import { isDeepStrictEqual } from 'node:util';
import { ChatDevice } from './chat-device.js';
import { shownChannel, ShownMessage, shownMessage } from './chat-view.js';
import { Client } from './client.js';

/** Something that an app shows, and what it is. */
export interface Difference {
  what: string;
  shown: unknown;
  listed: unknown;
}

/** What an app shows that is not what the REST API, or the app's own connection, lists for its user at this moment. */
export async function differences(device: ChatDevice, client: Client): Promise<Difference[]> {
  const { user, view } = device;
  const found: Difference[] = [];
  const compare = (what: string, shown: unknown, listed: unknown) => {
    if (!isDeepStrictEqual(shown, listed)) found.push({ what: `${what} of ${user.name}`, shown, listed });
  };
  device.listenUp();
  // Both at the same moment: what is heard from here on is looked at in the next round.
  const [own, all, users, blocked, unread, notifications] = await Promise.all([
    device.all('/application/v1/user.channels.relay', 'channels'),
    client.all<any>(`/v1/users/${user.id}/channels?size=100`, 'channels'),
    client.all<any>('/v1/users?size=100', 'users'),
    device.all('/application/v1/user.user_block_list_items.relay', 'items'),
    client.get(`/v1/users/${user.id}/messages/unread/count`),
    client.all(`/v1/users/${user.id}/notifications?size=100`, 'notifications'),
  ]);
  compare('channels, as the app reads them', byId([...view.channels.values()]), byId(own.map(shownChannel)));
  const hidden = all.filter(({ id, type }) => type === 'DIRECT' && !view.channels.has(id)).map(({ id }) => id);
  const rest = all.filter(({ id }) => !hidden.includes(id));
  compare('channels', byId([...view.channels.values()]), byId(rest.map(shownChannel)));
  const others = users.filter(({ id }) => id !== user.id);
  compare(
    'contacts',
    sorted(view.contacts),
    sorted(new Map(others.map((one) => [one.id, { displayName: one.displayName, online: one.presence.online }]))),
  );
  const self = users.find(({ id }) => id === user.id);
  compare('name', view.self.displayName, self.displayName);
  compare('blocked users', numbers(view.blocked), numbers(blocked.map((item) => item.user.id)));
  compare('unread messages', await device.unread(), unread.body.count);
  const missed = notifications.filter(({ id }) => id > device.newestNotification && !view.notifications.has(id));
  compare('missed notifications', [], missed);
  for (const channelId of view.open.keys()) await compareChannel(device, client, channelId, compare);
  return found;
}

type Compare = (what: string, shown: unknown, listed: unknown) => void;

async function compareChannel(device: ChatDevice, client: Client, channelId: number, compare: Compare): Promise<void> {
  const open = device.view.open.get(channelId)!;
  const path = `/v1/channels/${channelId}`;
  const lists = await Promise.all([
    device.all(`/application/v1/channels/${channelId}.messages.relay`, 'messages'),
    client.all<any>(`${path}/messages?size=100`, 'messages'),
    client.all(`${path}/members?size=100`, 'users'),
    client.all(`${path}/moderators?size=100`, 'users'),
    client.all(`${path}/participants?size=100`, 'users'),
  ]).catch(() => undefined);
  // Without an event it would stay open for ever, which shows in the lists of channels.
  if (!lists) return;
  const [messages, all, members, moderators, participants] = lists;
  const shown = written([...open.messages.values()]);
  compare(`messages of channel ${channelId}, as the app reads them,`, shown, written(messages.map(shownMessage)));
  // Users take messages out of their own sight, of which the tenant knows nothing.
  const visible = new Set(messages.map(({ id }) => id));
  const seen = all.filter(({ id }) => visible.has(id));
  compare(`messages of channel ${channelId}`, shown, written(seen.map(shownMessage)));
  compare(`members of channel ${channelId}`, numbers(open.members), numbers(members.map(({ id }) => id)));
  compare(`moderators of channel ${channelId}`, numbers(open.moderators), numbers(moderators.map(({ id }) => id)));
  const present = new Set(participants.map(({ id }) => id));
  for (const [id, isActive] of open.participants)
    compare(`participant ${id} in channel ${channelId}`, isActive, present.has(id));
  compare(`typing in channel ${channelId}`, [...open.typing], []);
  for (const { id } of seen) {
    const receipts = await client.all<any>(`/v1/messages/${id}/read-receipts?size=100`, 'receipts').catch(() => []);
    const readers = receipts.map((receipt) => receipt.user.id as number);
    compare(`receipts of message ${id}`, numbers(open.receipts.get(id) ?? []), numbers(readers));
  }
}

const numbers = (ids: Iterable<number>): number[] => [...ids].sort((a, b) => a - b);
const byId = <T extends { id: number }>(items: T[]): T[] => [...items].sort((a, b) => a.id - b.id);
const sorted = <T>(map: Map<number, T>): [number, T][] => [...map].sort(([a], [b]) => a - b);

const written = (messages: ShownMessage[]) =>
  byId(messages).map(({ reactions, ...message }) => ({
    ...message,
    reactions: [...reactions].map(([emoji, people]) => [emoji, numbers(people)]).sort(),
  }));
