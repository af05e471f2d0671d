import { ResourceClass } from '../resource/registry.js';

/** What a handler answers with, declared once: decides the envelope, and its schema in the document. */
export type Answer =
  | { form: 'resource'; type: ResourceClass }
  | { form: 'page' | 'cursorPage' | 'feed'; type: ResourceClass; key: string }
  | { form: 'file'; types: readonly string[] }
  | { form: 'empty' };

export const resource = (type: ResourceClass): Answer => ({ form: 'resource', type });
/** A numbered page, its items under `key`. */
export const page = (type: ResourceClass, key: string): Answer => ({ form: 'page', type, key });
/** A page walked by cursor, its items under `key`. */
export const cursorPage = (type: ResourceClass, key: string): Answer => ({ form: 'cursorPage', type, key });
/** A part of a log that is read onwards, its items under `key`. */
export const feed = (type: ResourceClass, key: string): Answer => ({ form: 'feed', type, key });
/** Bytes, as one of these media types. The handler answers with a stream and says of which type it is. */
export const file = (types: readonly string[]): Answer => ({ form: 'file', types });
export const empty = (): Answer => ({ form: 'empty' });
