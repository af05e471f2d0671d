import { Client } from './client.js';
import { ended } from './jobs.js';

type Item = Record<string, any>;

/** All of an application, as an export tells it. */
export async function exportOf(client: Client): Promise<Item[]> {
  const { body } = await client.post('/v1/exports/application');
  const job = await ended(client, body.id as number);
  const file = await fetch(job.file!, { headers: { authorization: `Bearer ${client.token}` } });
  return (await file.json()) as Item[];
}

/**
 * An export without what differs between any two applications. Whatever a key stands for is called by its own name:
 * users and channels by theirs, direct channels by their people, messages by their place in their channel. Times have
 * whole seconds, as the API tells them.
 */
export function comparable(items: Item[]): Record<string, Item[]> {
  const names = new Map<string, string>();
  const places = new Map<string, number>();
  const found: Record<string, [string, Item][]> = { USER: [], CHANNEL: [], MEMBER: [], MESSAGE: [] };
  for (const { kind, idempotencyKey, ...given } of items) {
    const item = { ...given };
    for (const field of ['userKey', 'creatorKey', 'channelKey', 'parentKey'])
      if (item[field] !== undefined) item[field] = names.get(item[field] as string) ?? 'gone';
    for (const field of ['createdTime', 'lastEditedTime'])
      if (item[field] !== undefined) item[field] = String(item[field]).replace(/\.\d+/, '');
    let name: string;
    if (kind === 'USER') {
      name = item.isDeleted ? `deleted ${item.displayName}` : String(item.name);
      item.name = name;
    } else if (kind === 'CHANNEL') {
      if (item.members) item.members = [...(item.members as string[])].sort();
      name = String(item.name ?? `${item.members} ${item.createdTime}`);
    } else if (kind === 'MEMBER') name = `${item.channelKey} ${item.username}`;
    else {
      const place = places.get(item.channelKey as string) ?? 0;
      places.set(item.channelKey as string, place + 1);
      name = `${item.channelKey} ${String(place).padStart(9, '0')}`;
    }
    names.set(idempotencyKey as string, name);
    found[kind as string]!.push([name, item]);
  }
  return Object.fromEntries(
    Object.entries(found).map(([kind, list]) => [
      kind,
      list.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item),
    ]),
  );
}
