/** A part of a document. */
export type Json = { [key: string]: unknown };

/** The same with all keys in alphabetical order, so that a change shows as what it is. */
export function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => sorted(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part as unknown)])) as T;
}

export const schemaRef = (name: string): string => `#/components/schemas/${name}`;
