import { ResourceClass } from '../resource/registry.js';

/** What a handler answers with, declared once: decides the envelope, and its schema in the document. */
export type Answer =
  | { form: 'resource'; type: ResourceClass }
  | { form: 'page' | 'cursorPage' | 'feed'; type: ResourceClass; key: string }
  | { form: 'empty' };

export const resource = (type: ResourceClass): Answer => ({ form: 'resource', type });
/** A numbered page, its items under `key`. */
export const page = (type: ResourceClass, key: string): Answer => ({ form: 'page', type, key });
/** A page walked by cursor, its items under `key`. */
export const cursorPage = (type: ResourceClass, key: string): Answer => ({ form: 'cursorPage', type, key });
/** A part of a log that is read onwards, its items under `key`. */
export const feed = (type: ResourceClass, key: string): Answer => ({ form: 'feed', type, key });
export const empty = (): Answer => ({ form: 'empty' });
