import { gemoji } from 'gemoji';
import { ClientError } from '../errors/api-error.js';

/** An emoji, with the names that it is known by. */
export interface Emoji {
  character: string;
  description: string;
  aliases: string[];
  tags: string[];
}

/** How an emoji is to look, which says nothing of what it is: as a picture, and in which colour of skin. */
const LOOKS = /\uFE0F|[\u{1F3FB}-\u{1F3FF}]/gu;
const TONES = /[\u{1F3FB}-\u{1F3FF}]/u;

const byAlias = new Map<string, Emoji>();
const byPlain = new Map<string, Emoji>();
for (const { emoji: character, description, names: aliases, tags } of gemoji) {
  const emoji = { character, description, aliases, tags };
  byPlain.set(character.replace(LOOKS, ''), emoji);
  for (const alias of aliases) byAlias.set(alias, emoji);
}

/** The emoji that a text names: by an alias with or without colons, or by the character itself. */
export function findEmoji(text: string): Emoji | undefined {
  const named = byAlias.get(/^:(.+):$/s.exec(text)?.[1] ?? text);
  if (named) return named;
  const plain = byPlain.get(text.replace(LOOKS, ''));
  if (!plain) return undefined;
  // One colour of skin is another emoji to those who see it; whether it says to be a picture is not.
  if (!TONES.test(text)) return plain;
  return isToned(text) ? { ...plain, character: text } : undefined;
}

/** A tone stands behind something, once for each person. */
const isToned = (text: string): boolean =>
  /^(?:[^\u{1F3FB}-\u{1F3FF}]+[\u{1F3FB}-\u{1F3FF}]){1,4}[^\u{1F3FB}-\u{1F3FF}]*$/u.test(text);

export function requireEmoji(text: unknown): Emoji {
  const emoji = typeof text === 'string' ? findEmoji(text) : undefined;
  if (!emoji)
    throw ClientError.of(
      'Reaction',
      'emoji',
      text === undefined ? 'missing_field' : 'invalid',
      'must be an emoji, or an alias of one such as thumbsup',
    );
  return emoji;
}

/** An emoji that was stored. One that is not known any more still has its character. */
export const describeEmoji = (character: string): Emoji =>
  findEmoji(character) ?? { character, description: character, aliases: [], tags: [] };
