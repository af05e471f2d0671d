/** What can be wrong with a field. Stable: clients decide by these. */
export const ERROR_CODES = {
  /** The thing that the field refers to does not exist. */
  missing: 'missing',
  /** A required field was not given. */
  missing_field: 'missing_field',
  /** The value has the wrong form. */
  invalid: 'invalid',
  /** Another resource has this value, which must be unique. */
  already_exists: 'already_exists',
  /** The value is well formed but cannot be used here. */
  unprocessable: 'unprocessable',
  /** Too many characters or elements. */
  too_long: 'too_long',
  /** Too many bytes. */
  too_large: 'too_large',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing that is wrong with a request. */
export interface Problem {
  resource: string;
  /** Which field, in the caller's casing: `displayName`, `members[2].id`. */
  field: string;
  /** The field is spelled as the caller wrote it, not one of ours to be put in the caller's casing. */
  isVerbatim?: boolean;
  code: ErrorCode;
  message: string;
}
