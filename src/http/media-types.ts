import { LRUCache } from 'lru-cache';
import { Casing } from '../resource/casing.js';

/** The representations of every resource. The first is the default. */
export const MEDIA_TYPES = [
  'application/json',
  'application/hal+json',
  'application/vnd.hal+json',
  'application/vnd.chatkitty.v1+json',
  'application/vnd.chatkitty+json',
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** What a JSON body may call itself. PATCH bodies are JSON Merge Patch, published under a name of their own. */
export const JSON_BODY_TYPES = [
  'application/json',
  'application/json+merge-patch',
  'application/merge-patch+json',
  'application/vnd.chatkitty+json',
  'application/vnd.chatkitty.v1+json',
] as const;

/** The types that have a spelling of their own, on any path. In all others the path decides. */
const CASINGS: Readonly<Partial<Record<string, Casing>>> = {
  'application/vnd.chatkitty.v1+json': 'camel',
  'application/vnd.chatkitty+json': 'snake',
};

/** The spelling that a media type stands for, if it stands for one. */
export const casingNamed = (type: string): Casing | undefined => CASINGS[type];

// Clients send a handful of different headers, again and again.
const negotiated = new LRUCache<string, MediaType | 'none'>({ max: 500 });

/** Chooses a representation by the Accept header (RFC 9110, 12.5.1); undefined if none is acceptable. */
export function negotiate(accept: string | undefined): MediaType | undefined {
  if (accept === undefined || accept === '' || accept === '*/*') return MEDIA_TYPES[0];
  let choice = negotiated.get(accept);
  if (choice === undefined) {
    choice = choose(accept) ?? 'none';
    negotiated.set(accept, choice);
  }
  return choice === 'none' ? undefined : choice;
}

interface Range {
  type: string;
  quality: number;
}

function choose(accept: string): MediaType | undefined {
  const ranges = accept.split(',').map(parseRange);
  let best: { type: MediaType; quality: number } | undefined;
  for (const type of MEDIA_TYPES) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { type, quality: Number.isFinite(quality) ? quality : 1 };
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, ranges: Range[]): number {
  const covering = (pattern: string) => ranges.find((range) => range.type === pattern);
  return (covering(type) ?? covering('application/*') ?? covering('*/*'))?.quality ?? 0;
}

/** What PATCH bodies are published under. */
export const PATCH_BODY_TYPES = ['application/json+merge-patch', 'application/merge-patch+json'] as const;
