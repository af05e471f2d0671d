/** The same bytes in parts of exactly this size, but for the last, which may be smaller. Holds one part at a time. */
export async function* inParts(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    let rest = chunk;
    while (bytes + rest.length >= size) {
      const missing = size - bytes;
      yield Buffer.concat([...held, rest.subarray(0, missing)], size);
      rest = rest.subarray(missing);
      [held, bytes] = [[], 0];
    }
    if (rest.length > 0) {
      held.push(rest);
      bytes += rest.length;
    }
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
}
