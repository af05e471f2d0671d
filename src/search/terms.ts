/*
 * Texts as terms that an index can hold. A text has all its runs of one, two and three characters as terms, so that every
 * part of it is found whatever stands around it: parts of words, and scripts without spaces. Of scripts with thousands of
 * characters there are no runs of three: two are rare there already, and nearly every three would be a term of its own.
 */

/** From here on Unicode has the scripts of East Asia, and pictures. */
const MANY_FROM = 0x2e80;
/** So many terms of a long text are looked for; those all over it. */
const SOUGHT_MAX = 12;

/** What the terms of a message are about. */
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

/** Names all terms of a message, some of them several times. */
export function eachTerm({ channel_id, user_id, body }: IndexedMessage, name: (term: string) => void): void {
  let before: Character | undefined;
  let first: Character | undefined;
  for (const text of body) {
    const last = characterOf(text);
    name(last.code);
    if (before) {
      const two = before.code + last.code;
      name(two);
      if (first && isRun(first, before, last)) name(first.code + two);
    }
    first = before;
    before = last;
  }
  name(channelTerm(channel_id));
  if (user_id !== null) name(senderTerm(user_id));
}

/** Terms that every message has that is looked for: runs of the text, as long as there are, then channel and sender. */
export function termsSought({ channelId, senderId, text }: SearchedMessages): string[] {
  const characters = [...text].map(characterOf);
  const runs = new Set<string>();
  for (let at = 0; at < characters.length; at++) {
    const [first, second, third] = characters.slice(at, at + 3) as [Character, Character?, Character?];
    if (second && third && isRun(first, second, third)) runs.add(first.code + second.code + third.code);
    else if (second && !isPartOfRun(characters, at)) runs.add(first.code + second.code);
    else if (characters.length === 1) runs.add(first.code);
  }
  const all = [...runs];
  const step = Math.max(1, all.length / SOUGHT_MAX);
  return [
    ...Array.from({ length: Math.min(all.length, SOUGHT_MAX) }, (_, index) => all[Math.floor(index * step)]!),
    ...(channelId === undefined ? [] : [channelTerm(channelId)]),
    ...(senderId === undefined ? [] : [senderTerm(senderId)]),
  ];
}

// Upper case, so that they are none of a text.
const channelTerm = (id: number): string => `C${base36(id)}`;
const senderTerm = (id: number): string => `U${base36(id)}`;
const base36 = (number: number): string => number.toString(36);

interface Character {
  code: string;
  /** Of a script with thousands of characters. */
  isOfMany: boolean;
}

const isRun = (first: Character, second: Character, third: Character): boolean =>
  !first.isOfMany && !second.isOfMany && !third.isOfMany;

/** The two characters from here are the end of a run of three. */
const isPartOfRun = (characters: readonly Character[], at: number): boolean =>
  at > 0 && isRun(characters[at - 1]!, characters[at]!, characters[at + 1]!);

const known = new Map<string, Character>();
const KNOWN_MAX = 20_000;

function characterOf(text: string): Character {
  let character = known.get(text);
  if (character === undefined) {
    if (known.size >= KNOWN_MAX) known.clear();
    const folded = foldCase(text);
    character = { code: encode(folded), isOfMany: folded.codePointAt(0)! >= MANY_FROM };
    known.set(text, character);
  }
  return character;
}

/**
 * Letters and digits stand for themselves, all else for `x` and a number of four digits: no code is the beginning of
 * another, and no engine takes two of them for the same.
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
