import { randomBytes } from 'node:crypto';

/** By this everybody recognises what it is, scanners for leaked secrets included. */
export const SECRET_PREFIX = 'whsec_';
const BYTES = 32;

/** Sealed as it stands in the database. */
export type SealedSecret = string;

export const newSecret = (): string => SECRET_PREFIX + randomBytes(BYTES).toString('base64');

/** The only ways into the database and out of it again: what encrypts secrets belongs here. */
export const seal = (secret: string): SealedSecret => secret;
export const unseal = (sealed: SealedSecret): string => sealed;
