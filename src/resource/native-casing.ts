import { Casing } from './casing.js';

// Pipes are given a body without its request; all others are in camelCase.
const inSnakeCase = new WeakSet<object>();

/** Whoever reads a body from a request notes the spelling that counts where the body has both. */
export function noteNativeCasing(body: unknown, casing: Casing): void {
  if (casing === 'snake' && typeof body === 'object' && body !== null) inSnakeCase.add(body);
}

export const nativeCasing = (body: object): Casing => (inSnakeCase.has(body) ? 'snake' : 'camel');
