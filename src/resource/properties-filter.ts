import { ClientError } from '../errors/api-error.js';
import { isCleanJson, isJsonObject, Properties, UNCLEAN_JSON } from './json.js';

/** Deeper filters, or ones with more parts, would make statements of unbounded size. */
const FILTER_MAX_PARTS = 50;
const FILTER_MAX_DEPTH = 6;

/** Reads the `properties` parameter of a list: a JSON object, of which the listed properties must hold all parts. */
export function propertiesFilter(resource: string, text: string | undefined): Properties | undefined {
  if (text === undefined) return undefined;
  const refuse = (message: string) => ClientError.of(resource, 'properties', 'invalid', message);
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch {
    throw refuse('must be a JSON object such as {"color":"teal"}');
  }
  if (!isJsonObject(filter)) throw refuse('must be a JSON object such as {"color":"teal"}');
  if (!isCleanJson(filter)) throw refuse(`must not contain ${UNCLEAN_JSON}`);
  if (parts(filter) > FILTER_MAX_PARTS) throw refuse(`must have at most ${FILTER_MAX_PARTS} parts`);
  if (depth(filter) > FILTER_MAX_DEPTH) throw refuse(`must not be nested deeper than ${FILTER_MAX_DEPTH} levels`);
  return filter;
}

function parts(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, part) => sum + parts(part), 1);
}

function depth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth));
}
