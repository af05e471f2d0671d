import { ClientError } from '../errors/api-error.js';
import { mergePatch, Properties, PROPERTIES_MAX_BYTES } from './json.js';

/** A patch says what is to change; an app that sends back all of a resource says what there is to be. */
export type PropertiesChange = 'merged' | 'replaced';

/** Stored properties with a change applied, as text. What is merged may be too large though neither part is. */
export function mergedProperties(
  resource: string,
  stored: string,
  given: Properties | undefined,
  change: PropertiesChange = 'merged',
): string {
  if (given === undefined) return stored;
  const result = JSON.stringify(change === 'merged' ? mergePatch(JSON.parse(stored), given) : given);
  if (Buffer.byteLength(result) > PROPERTIES_MAX_BYTES)
    throw ClientError.of(
      resource,
      'properties',
      'too_large',
      `must have at most ${PROPERTIES_MAX_BYTES} bytes as JSON once ${change}`,
    );
  return result;
}
