/** JSON that is kept as the text it was stored as: written to answers as it is, never parsed on the way. */
export type JsonText = string;

/** Custom data of a tenant. */
export type Properties = Record<string, unknown>;

/** The most that `properties` may take as JSON, in bytes. */
export const PROPERTIES_MAX_BYTES = 65_535;
/** How deep JSON may be nested anywhere in a request. */
export const JSON_MAX_DEPTH = 64;

/** Whether the text can be stored and sent anywhere: no NUL, no half of a surrogate pair. */
export function isCleanText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** What {@link isCleanJson} finds. */
export const UNCLEAN_JSON = 'NUL characters, unpaired surrogates or numbers beyond the range of a double';

/** Whether every key and every text in the value is clean, and every number one that can be written again. */
export function isCleanJson(value: unknown): boolean {
  if (typeof value === 'string') return isCleanText(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isCleanJson);
  return Object.entries(value).every(([key, part]) => isCleanText(key) && isCleanJson(part));
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether a value has more than {@link JSON_MAX_DEPTH} levels. Looked at level by level, so never deep in the stack. */
export function isNestedTooDeep(value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === JSON_MAX_DEPTH) return true;
    level = level.flatMap((part) => Object.values(part) as unknown[]).filter(isContainer);
  }
  return false;
}

/** Applies a JSON Merge Patch (RFC 7396): objects merge, null removes, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
