/** The two spellings of one resource model. Tenant data is never renamed. */
export type Casing = 'camel' | 'snake';

/** `displayName` → `display_name`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The name of a field on the wire. `isGuest` is published with this spelling in both. */
export function wireName(name: string, casing: Casing): string {
  return casing === 'snake' && name !== 'isGuest' ? toSnakeCase(name) : name;
}
