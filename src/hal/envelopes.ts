import { CursorPage, FeedPage, Page } from '../pagination/page.js';
import { Casing } from '../resource/casing.js';
import { Rendering, Writer } from '../resource/writer.js';
import { LinkBase } from './link-base.js';

/** The collection's own address with the caller's filters, ending where the paging parameters begin. */
type Address = string;

const APPLICATION_PATH = '/application/';
const PAGING = new Set(['page', 'size', 'after', 'before', 'start', 'next', 'relation']);

/** `https://host/v1/applications/1/users?name=ada&`: filters are repeated in front, in every link. */
export function collectionAddress(links: LinkBase, path: string, query: Record<string, unknown>): Address {
  const isOfApplication = path.startsWith(APPLICATION_PATH);
  let address = isOfApplication
    ? `${links.application}/${path.slice(APPLICATION_PATH.length)}?`
    : `${links.base}${path}?`;
  for (const [name, given] of Object.entries(query))
    if (!PAGING.has(name))
      for (const value of Array.isArray(given) ? (given as unknown[]) : [given])
        address += `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}&`;
  return address;
}

/** A numbered page. All on one page have only the link to itself. */
export function writePage(
  page: Page<unknown>,
  key: string,
  write: Writer,
  rendering: Rendering,
  address: Address,
): string {
  const { number, size, totalElements, totalPages, after, before, hasNext } = page;
  const to = (relation: string, target: number, hint = '') =>
    `"${relation}":{"href":"${address}page=${target}&size=${size}${hint}"}`;
  const links: string[] = [];
  if (totalPages > 1) links.push(to('first', 0));
  if (number > 1 && before) links.push(to('prev', number - 1, `&before=${before}`));
  // An empty page has no place in the order, and what it came from may have become shorter.
  else if (number > 0) links.push(to('prev', before ? 0 : Math.min(number - 1, Math.max(0, totalPages - 1))));
  links.push(to('self', number));
  if (hasNext) links.push(to('next', number + 1, after ? `&after=${after}` : ''));
  if (totalPages > 1) links.push(to('last', totalPages - 1));
  const [elements, pages] = METADATA[rendering.casing];
  return `${embedded(page.items, key, write, rendering)}"_links":{${links.join(',')}},"page":{"size":${size},"${elements}":${totalElements},"${pages}":${totalPages},"number":${number}}}`;
}

const METADATA: Record<Casing, [string, string]> = {
  camel: ['totalElements', 'totalPages'],
  snake: ['total_elements', 'total_pages'],
};

/** A page walked by cursor. Its links differ in the relation only. */
export function writeCursorPage(
  page: CursorPage<unknown>,
  key: string,
  write: Writer,
  rendering: Rendering,
  address: Address,
): string {
  const { start, next, size, total, hasPrevious } = page;
  const cursor = `${start === undefined ? '' : `start=${start}&`}${next === undefined ? '' : `next=${next}&`}`;
  const to = (name: string, relation: string) =>
    `"${name}":{"href":"${address}${cursor}size=${size}&relation=${relation}"}`;
  const links = [to('self', 'SELF')];
  if (hasPrevious) links.push(to('prev', 'PREVIOUS'));
  if (next !== undefined) links.push(to('next', 'NEXT'));
  const position = `${start === undefined ? '' : `,"start":"${start}"`}${next === undefined ? '' : `,"next":"${next}"`}`;
  return `${embedded(page.items, key, write, rendering)}"_links":{${links.join(',')}},"page":{"size":${page.items.length}${position},"total":${total}}}`;
}

/** A part of a log. Where to go on is always told; the link stands there only if more is waiting already. */
export function writeFeed(
  page: FeedPage<unknown>,
  key: string,
  write: Writer,
  rendering: Rendering,
  address: Address,
): string {
  const { items, size, after, next, hasNext } = page;
  const to = (name: string, position: number) => `"${name}":{"href":"${address}after=${position}&size=${size}"}`;
  const links = [to('self', after), ...(hasNext ? [to('next', next)] : [])];
  return `${embedded(items, key, write, rendering)}"_links":{${links.join(',')}},"page":{"size":${items.length},"next":"${next}"}}`;
}

function embedded(items: readonly unknown[], key: string, write: Writer, rendering: Rendering): string {
  let json = `{"_embedded":{"${key}":[`;
  for (let index = 0; index < items.length; index++)
    json += index === 0 ? write(items[index], rendering) : `,${write(items[index], rendering)}`;
  return `${json}]},`;
}
