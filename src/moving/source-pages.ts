import { SourceClient, SourceUnavailable } from './source-client.js';

/** As many as the API gives at once. */
const PAGE_SIZE = 100;
/** A numbered list is written after so many pages. */
const PAGES_A_BATCH = 10;

interface Collection<Item> {
  _embedded?: Record<string, Item[]>;
  _links?: { next?: { href: string } };
  page?: { totalElements?: number; totalPages?: number; number?: number };
}

/** Some pages of a numbered list. */
export interface Batch<Item> {
  items: Item[];
  /** The page that comes after them. */
  next: number;
  isLast: boolean;
  /** How many items the list has, as far as the server says. */
  total: number;
}

/** A page of a list that is walked by links. */
export interface LinkedPage<Item> {
  items: Item[];
  /** The query of the link to the next page; absent on the last. */
  next: string | undefined;
}

/** In the order of ids what is created meanwhile comes at the end. */
export const BY_ID = { sort: 'id' };

/** Walks a numbered list. The pages of a batch are fetched together, and the next batch while this one is in work. */
export async function* numberedBatches<Item>(
  client: SourceClient,
  path: string,
  key: string,
  { from = 0, query = {} }: { from?: number; query?: Record<string, string> } = {},
): AsyncGenerator<Batch<Item>> {
  const fetched = (page: number) => client.get<Collection<Item>>(path, { page, size: PAGE_SIZE, ...query });
  const batch = async (start: number): Promise<Batch<Item>> => {
    const first = await fetched(start);
    const { totalPages = first._links?.next ? start + 2 : start + 1, totalElements = 0 } = first.page ?? {};
    const end = Math.min(start + PAGES_A_BATCH, totalPages);
    const others = await Promise.all(
      Array.from({ length: Math.max(0, end - start - 1) }, (_, index) => fetched(start + 1 + index)),
    );
    const pages = [first, ...others];
    return {
      items: pages.flatMap((page) => itemsOf(page, key)),
      next: start + pages.length,
      // A page may have come to be since the first one was fetched.
      isLast: !pages.at(-1)!._links?.next,
      total: totalElements,
    };
  };
  let current: Promise<Batch<Item>> = batch(from);
  for (;;) {
    const found = await current;
    if (!found.isLast) {
      current = batch(found.next);
      // Whoever waits for it finds out; until then it is nobody's.
      current.catch(() => undefined);
    }
    yield found;
    if (found.isLast) return;
  }
}

/** One page of a list with cursors, which come from links and are never made up. */
export async function linkedPage<Item>(
  client: SourceClient,
  path: string,
  key: string,
  search: string | undefined,
): Promise<LinkedPage<Item>> {
  const page = await client.find<Collection<Item>>(path, search ?? `?size=${PAGE_SIZE}`);
  const href = page._links?.next?.href;
  return { items: itemsOf(page, key), next: href === undefined ? undefined : searchOf(href) };
}

/** All items of a list that is not long. */
export async function allOf<Item>(client: SourceClient, path: string, key: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const batch of numberedBatches<Item>(client, path, key)) items.push(...batch.items);
  return items;
}

/** Numbers that JavaScript cannot hold would be taken for each other. */
function itemsOf<Item>({ _embedded }: Collection<Item>, key: string): Item[] {
  const items = _embedded?.[key] ?? [];
  for (const { id } of items as { id?: number }[])
    if (id !== undefined && !Number.isSafeInteger(id))
      throw new SourceUnavailable(`${id} in ${key} is not an id that can be copied: it is not below 2^53`);
  return items;
}

/** Of a link only the query is followed: the credentials go to the server that was named, and to no other. */
function searchOf(href: string): string {
  const at = href.indexOf('?');
  return at < 0 ? '' : href.slice(at);
}
