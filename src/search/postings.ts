/*
 * Ascending ids as bytes: the first, then how far each is behind the one before; seven bits to a byte, the eighth says
 * that there are more. Most take one byte.
 */

export function packIds(ids: readonly number[]): Buffer {
  const bytes: number[] = [];
  let before = 0;
  for (const id of ids) {
    let gap = id - before;
    before = id;
    // Not by bits, which end at 32.
    for (; gap >= 128; gap = Math.floor(gap / 128)) bytes.push((gap % 128) + 128);
    bytes.push(gap);
  }
  return Buffer.from(bytes);
}

/** SQLite hands bytes over without a view of them. */
export type PackedIds = Uint8Array | ArrayBuffer;

export function unpackIds(packed: PackedIds): number[] {
  const bytes = ArrayBuffer.isView(packed) ? packed : new Uint8Array(packed);
  const ids: number[] = [];
  let id = 0;
  let gap = 0;
  let factor = 1;
  for (const byte of bytes) {
    gap += (byte % 128) * factor;
    if (byte >= 128) {
      factor *= 128;
      continue;
    }
    id += gap;
    ids.push(id);
    gap = 0;
    factor = 1;
  }
  return ids;
}

/** Those that are in all lists; lists and answer ascend. */
export const common = (lists: readonly number[][]): number[] => lists.reduce(both);

function both(some: readonly number[], others: readonly number[]): number[] {
  const found: number[] = [];
  let at = 0;
  for (const id of some) {
    while (at < others.length && others[at]! < id) at++;
    if (others[at] === id) found.push(id);
  }
  return found;
}
