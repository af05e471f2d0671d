import { CursorPage, Page } from '../../pagination/page.js';
import { Writer } from '../../resource/writer.js';
import { relayAddress } from '../destinations/destination.js';
import { RealtimeRendering } from './hypermedia.js';

/** The collection that was asked for: its name, `channels/7.messages`, and what else stood in its address. */
export interface Asked {
  name: string;
  filter: Readonly<Record<string, string>>;
}

/** Where a page was asked for: apps repeat the headers of their first question, so addresses have the place only, and what they had before. */
type Place = Record<string, string | number | undefined>;

/** A numbered page. */
export function writePage(
  page: Page<unknown>,
  key: string,
  asked: Asked,
  write: Writer<RealtimeRendering>,
  rendering: RealtimeRendering,
): string {
  const { number, size, totalElements, totalPages, after, before, hasNext } = page;
  const relays = {
    self: to(asked, { page: number, size }),
    ...(totalPages > 1 && { first: to(asked, { page: 0, size }) }),
    ...(number > 1 && before
      ? { prev: to(asked, { page: number - 1, size, before }) }
      : number > 0 && {
          prev: to(asked, { page: before ? 0 : Math.min(number - 1, Math.max(0, totalPages - 1)), size }),
        }),
    ...(hasNext && { next: to(asked, { page: number + 1, size, after }) }),
    ...(totalPages > 1 && { last: to(asked, { page: totalPages - 1, size }) }),
  };
  // Both spellings have been published.
  return envelope(
    page.items,
    key,
    write,
    rendering,
    { size, totalElements, totalElement: totalElements, totalPages, number },
    relays,
  );
}

/** A page walked by cursor, newest first. */
export function writeCursorPage(
  page: CursorPage<unknown>,
  key: string,
  asked: Asked,
  write: Writer<RealtimeRendering>,
  rendering: RealtimeRendering,
): string {
  const { start, next, size, total, hasPrevious } = page;
  const relation = (relation: string) => to(asked, { start, next, size, relation });
  const relays = {
    self: relation('SELF'),
    ...(hasPrevious && { prev: relation('PREVIOUS') }),
    ...(next !== undefined && { next: relation('NEXT') }),
  };
  const cursors = { start: start?.toString(), next: next?.toString() };
  return envelope(page.items, key, write, rendering, { size: page.items.length, ...cursors, total }, relays);
}

function to({ name, filter }: Asked, place: Place): string {
  const query = new URLSearchParams(filter);
  for (const [key, value] of Object.entries(place)) if (value !== undefined) query.set(key, String(value));
  return relayAddress(name, query.toString());
}

function envelope(
  items: readonly unknown[],
  key: string,
  write: Writer<RealtimeRendering>,
  rendering: RealtimeRendering,
  page: object,
  relays: object,
): string {
  const written = items.map((item) => write(item, rendering)).join(',');
  return `{"_embedded":{${JSON.stringify(key)}:[${written}]},"page":${JSON.stringify(page)},"_relays":${JSON.stringify(relays)}}`;
}
