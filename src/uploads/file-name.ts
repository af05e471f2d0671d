export const FILE_NAME_MAX = 255;

/** What a file is called that has no name of its own. */
const NAMELESS = 'file';
// Control characters, and those that make a text read in another direction than it is written.
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The name of a file as it can be stored, shown and put into headers: no path, nothing invisible, not too long. */
export function safeFileName(given: string): string {
  const name = given.toWellFormed().replace(INVISIBLE, '').split(/[/\\]/).at(-1)!.trim();
  if (/^\.*$/.test(name)) return NAMELESS;
  return name.length <= FILE_NAME_MAX ? name : shortened(name);
}

/** Cut in the middle, since the ending says what it is. */
function shortened(name: string): string {
  const ending = /\.[^.]{1,16}$/u.exec(name)?.[0] ?? '';
  const start = name.slice(0, FILE_NAME_MAX - ending.length);
  // No half of a surrogate pair.
  return (start.isWellFormed() ? start : start.slice(0, -1)) + ending;
}
