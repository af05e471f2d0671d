import { CursorPage, Page } from '../../pagination/page.js';
import { Writer } from '../../resource/writer.js';
import { relayAddress } from '../destinations/destination.js';
import { RealtimeRendering } from './hypermedia.js';

/** Where a page was asked for: apps repeat the headers of their first question, so addresses have the place only. */
type Place = Record<string, string | number | undefined>;

/** A numbered page. */
export function writePage(
  page: Page<unknown>,
  key: string,
  name: string,
  write: Writer<RealtimeRendering>,
  rendering: RealtimeRendering,
): string {
  const { number, size, totalElements, totalPages, after, before, hasNext } = page;
  const relays = {
    self: to(name, { page: number, size }),
    ...(totalPages > 1 && { first: to(name, { page: 0, size }) }),
    ...(number > 1 && before
      ? { prev: to(name, { page: number - 1, size, before }) }
      : number > 0 && {
          prev: to(name, { page: before ? 0 : Math.min(number - 1, Math.max(0, totalPages - 1)), size }),
        }),
    ...(hasNext && { next: to(name, { page: number + 1, size, after }) }),
    ...(totalPages > 1 && { last: to(name, { page: totalPages - 1, size }) }),
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
  name: string,
  write: Writer<RealtimeRendering>,
  rendering: RealtimeRendering,
): string {
  const { start, next, size, total, hasPrevious } = page;
  const relation = (relation: string) => to(name, { start, next, size, relation });
  const relays = {
    self: relation('SELF'),
    ...(hasPrevious && { prev: relation('PREVIOUS') }),
    ...(next !== undefined && { next: relation('NEXT') }),
  };
  const cursors = { start: start?.toString(), next: next?.toString() };
  return envelope(page.items, key, write, rendering, { size: page.items.length, ...cursors, total }, relays);
}

function to(name: string, place: Place): string {
  const query = new URLSearchParams();
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
