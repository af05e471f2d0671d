import { DOMAIN_EVENT_TYPES, DomainEventType } from '../events/domain-event.js';
import { Problem } from '../errors/error-codes.js';
import { ClientError } from '../errors/api-error.js';

/** All that happens. */
export const EVERYTHING = '*';
export const PATTERNS_MAX = 50;
export const PATTERN_MAX_LENGTH = 64;

/** Patterns are the type of an event, `message.*` for all whose types begin so, or `*`. */
export function matches(patterns: readonly string[], type: string): boolean {
  return patterns.some(
    (pattern) =>
      pattern === EVERYTHING ||
      pattern === type ||
      (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -EVERYTHING.length))),
  );
}

/** The types that there are now and that the patterns mean. */
export const typesOf = (patterns: readonly string[]): DomainEventType[] =>
  DOMAIN_EVENT_TYPES.filter((type) => matches(patterns, type));

/** A pattern that means nothing is a slip: whoever made it would wait in vain. */
export function refuseUnknownTypes(resource: string, patterns: readonly string[]): void {
  const problems = patterns.flatMap((pattern, index): Problem[] =>
    typesOf([pattern]).length > 0
      ? []
      : [
          {
            resource,
            field: `types[${index}]`,
            code: 'invalid',
            message: `must be ${EVERYTHING}, the type of an event, or a prefix: there are ${nearest(pattern).join(', ')}`,
          },
        ],
  );
  if (problems.length > 0) throw new ClientError(problems);
}

/** The types that begin alike; if there are none, what types begin with. All of them would be too many to read. */
function nearest(pattern: string): string[] {
  const familyOf = (type: string) => type.split('.', 1)[0]!;
  const alike = DOMAIN_EVENT_TYPES.filter((type) => familyOf(type) === familyOf(pattern));
  return alike.length > 0 ? alike : [...new Set(DOMAIN_EVENT_TYPES.map((type) => `${familyOf(type)}.*`))];
}
