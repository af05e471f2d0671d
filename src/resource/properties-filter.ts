import { ClientError } from '../errors/api-error.js';
import { isCleanJson, isJsonObject, Properties, UNCLEAN_JSON } from './json.js';

/** Deeper filters, or ones with more parts, would make statements of unbounded size. */
const FILTER_MAX_PARTS = 50;

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
  return filter;
}

function parts(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, part) => sum + parts(part), 1);
}
