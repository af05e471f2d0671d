/*
 * Texts as words that a full-text index can hold. A text is cut into all its runs of three characters, so that every
 * part of it of that length is found whatever stands around it: parts of words, and scripts without spaces. At the end
 * stand a run of two and one of one character: then every character begins a run, and a shorter part is found as the
 * beginning of one.
 *
 * A word names its tenant, and where the engine wants it a span of ids; nothing of one tenant is walked for another.
 */

const RUN = 3;

/** What a message can have: a run of its text or the beginning of one, a channel, a sender. */
export interface Trait {
  kind: 'g' | 'c' | 'u';
  name: string;
  isPrefix: boolean;
}

/** What the words of a message are about. */
export interface IndexedMessage {
  id: number;
  application_id: number;
  channel_id: number;
  user_id: number | null;
  body: string;
}

/** What is looked for: all of it has to be there. */
export interface SearchedMessages {
  applicationId: number;
  channelId?: number;
  senderId?: number;
  text: string;
}

/** The part of a word that says whose it is, and in which span of ids. */
export const scopeOf = (applicationId: number, span?: number): string =>
  span === undefined ? base36(applicationId) : `${base36(applicationId)}_${base36(span)}`;

/** All words of a message, each once. */
export function wordsOf({ channel_id, user_id, body }: IndexedMessage, scope: string): string {
  const codes = codesOf(body);
  const words = new Set<string>();
  for (let at = 0; at < codes.length; at++)
    words.add(`g${scope}_${codes[at]}${codes[at + 1] ?? ''}${codes[at + 2] ?? ''}`);
  words.add(wordOf(channelTrait(channel_id), scope));
  if (user_id !== null) words.add(wordOf(senderTrait(user_id), scope));
  return [...words].join(' ');
}

/** What every message has that is looked for: each run of the text, the channel, the sender. */
export function traitsOf({ channelId, senderId, text }: SearchedMessages): Trait[] {
  const codes = codesOf(text);
  const isPrefix = codes.length < RUN;
  const runs = new Set<string>();
  for (let at = 0; at === 0 || at + RUN <= codes.length; at++) runs.add(codes.slice(at, at + RUN).join(''));
  return [
    ...[...runs].map((name): Trait => ({ kind: 'g', name, isPrefix })),
    ...(channelId === undefined ? [] : [channelTrait(channelId)]),
    ...(senderId === undefined ? [] : [senderTrait(senderId)]),
  ];
}

/** The word for a trait. */
export const wordOf = ({ kind, name }: Trait, scope: string): string => `${kind}${scope}_${name}`;

const channelTrait = (id: number): Trait => ({ kind: 'c', name: base36(id), isPrefix: false });
const senderTrait = (id: number): Trait => ({ kind: 'u', name: base36(id), isPrefix: false });
const base36 = (number: number): string => number.toString(36);

function codesOf(text: string): string[] {
  const codes: string[] = [];
  for (const character of text) codes.push(codeOf(character));
  return codes;
}

const known = new Map<string, string>();
const KNOWN_MAX = 20_000;

function codeOf(character: string): string {
  let code = known.get(character);
  if (code === undefined) {
    if (known.size >= KNOWN_MAX) known.clear();
    code = encode(foldCase(character));
    known.set(character, code);
  }
  return code;
}

/**
 * Letters and digits stand for themselves, all else for `x` and a number of four digits: no code is the beginning of
 * another, and every code is part of a word for any engine.
 */
function encode(character: string): string {
  if (/^[a-wyz0-9]$/.test(character)) return character;
  return character === ' ' ? '_' : `x${base36(character.codePointAt(0)!).padStart(4, '0')}`;
}

/**
 * One spelling for all cases of a character. It may take for the same what a comparison of texts tells apart, but never
 * the other way round: what an engine's comparison takes for the same has one spelling here.
 */
export function foldCase(character: string): string {
  const upper = single(character.toUpperCase()) ?? character;
  const lower = single(upper.toLowerCase()) ?? upper;
  // MySQL has no lower case for it but that of the letter without the dot.
  return lower === 'İ' ? 'i' : lower;
}

const single = (text: string): string | undefined =>
  text.length === String.fromCodePoint(text.codePointAt(0)!).length ? text : undefined;
