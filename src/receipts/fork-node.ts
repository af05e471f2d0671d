/*
 * Ranges of ids that are found by any id within them. The whole numbers are thought of as a tree: the more zeros a number
 * ends in, in binary, the higher it stands, and its branches are the numbers around it that differ from it in those
 * digits. A range is stored at the highest number within it, its node. A number within the range is below that node, so
 * the nodes to look at are the few above the number itself, whatever there is stored elsewhere. (A relational interval
 * tree; ids have up to 53 digits, so these are at most 53 nodes.)
 */

const DIGITS = 53;

/** The highest number in a range that begins behind `from` and ends with `to`. */
export function forkNode(from: number, to: number): number {
  if (!(from >= 0 && from < to)) throw new RangeError(`There is nothing behind ${from} up to ${to}`);
  // Not by bits: those of JavaScript are 32.
  let size = 1;
  while (Math.floor(from / (size * 2)) !== Math.floor(to / (size * 2))) size *= 2;
  return Math.floor(to / size) * size;
}

/** The nodes of all ranges that a number can lie in: those up to the number itself, and those above it. */
export function nodesOf(id: number): { upTo: number[]; above: number[] } {
  const upTo: number[] = [];
  const above: number[] = [];
  for (let digit = 0, size = 1; digit < DIGITS; digit++, size *= 2) {
    const part = Math.floor(id / size);
    if (part % 2 === 1) upTo.push(part * size);
    else if ((part + 1) * size <= Number.MAX_SAFE_INTEGER) above.push((part + 1) * size);
  }
  return { upTo, above };
}
