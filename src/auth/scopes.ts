/** What a token may be given: the four wildcards that are published. */
export const SCOPES = {
  'create:*': 'Create application resources',
  'read:*': 'Read application resources',
  'update:*': 'Update application resources',
  'delete:*': 'Delete application resources',
} as const;

export const ALL_SCOPES = Object.keys(SCOPES);

/** `verb:resource`, or `verb:*`. */
export const SCOPE_PATTERN = /^(create|read|update|delete):(\*|[a-z][a-z_]*)$/;

// Two scopes are published in plural on single operations.
const ALIASES: Record<string, string> = {
  'read:channels': 'read:channel',
  'read:notifications': 'read:notification',
};
const canonical = (scope: string): string => ALIASES[scope] ?? scope;

/** Whether the granted scopes cover one that is needed. */
export function covers(granted: ReadonlySet<string>, needed: string): boolean {
  if (granted.has(needed)) return true;
  const verb = needed.slice(0, needed.indexOf(':'));
  if (granted.has(`${verb}:*`)) return true;
  const scope = canonical(needed);
  if (scope !== needed && granted.has(scope)) return true;
  for (const [alias, meaning] of Object.entries(ALIASES)) if (meaning === scope && granted.has(alias)) return true;
  return false;
}
