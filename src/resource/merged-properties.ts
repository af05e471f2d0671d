import { ClientError } from '../errors/api-error.js';
import { mergePatch, Properties, PROPERTIES_MAX_BYTES } from './json.js';

/** Stored properties with a patch applied, as text. What is merged may be too large though neither part is. */
export function mergedProperties(resource: string, stored: string, patch: Properties | undefined): string {
  if (patch === undefined) return stored;
  const merged = JSON.stringify(mergePatch(JSON.parse(stored), patch));
  if (Buffer.byteLength(merged) > PROPERTIES_MAX_BYTES)
    throw ClientError.of(
      resource,
      'properties',
      'too_large',
      `must have at most ${PROPERTIES_MAX_BYTES} bytes as JSON once merged`,
    );
  return merged;
}
