import { hash } from 'node:crypto';

/** Names a set of users: there is one direct channel for each. Its length does not grow with the ids. */
export function directKey(userIds: readonly number[]): string {
  const ids = [...new Set(userIds)].sort((a, b) => a - b);
  return hash('sha256', ids.join(','), 'base64');
}
