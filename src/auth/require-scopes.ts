import { AuthenticationException } from '../errors/api-error.js';
import { Principal } from './principal.js';
import { covers } from './scopes.js';

/** Who challenges are from. */
export const REALM = 'Bearer realm="chatkitty"';

/** Refuses a caller whose token does not cover all of these. */
export function requireScopes(principal: Principal, scopes: readonly string[]): void {
  if (scopes.every((scope) => covers(principal.scopes, scope))) return;
  throw new AuthenticationException(
    403,
    'access_denied',
    'Access is denied',
    `${REALM}, error="insufficient_scope", error_description="The token does not cover what this takes", scope="${scopes.join(' ')}"`,
  );
}
