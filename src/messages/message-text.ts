import { LinkifyIt, REBuilder } from 'linkify-it';

/** More mentions in one message than these are left as text. */
export const MENTIONS_MAX = 100;
/** The same for links. */
export const LINKS_MAX = 100;

/** A link in a body; positions count UTF-16 units, the end is just past it. */
export interface FoundLink {
  source: string;
  startPosition: number;
  endPosition: number;
}

/** `<@username>` or `<#channelName>` in a body: `body.slice(startPosition, endPosition) === tag`. */
export interface FoundMention {
  type: 'USER' | 'CHANNEL';
  name: string;
  tag: string;
  startPosition: number;
  endPosition: number;
}

/** No host has one of the signs in its name that an address may follow: else each of them in a long word is slow. */
class Rules extends REBuilder {
  override get_domain(): RegExp {
    const letter = this.get_pseudo_letter().source;
    return new RegExp(super.get_domain().source.replaceAll(letter, `(?:(?![$+=^\`|])${letter})`));
  }
}

// The schemes that are no links here are not looked for: matching one only to drop it makes hostile bodies slow.
const linkify = new LinkifyIt({ fuzzyEmail: false, fuzzyIP: false, fuzzyLink: true, rebuilder: new Rules() })
  .add('//', null)
  .add('ftp:', null)
  .add('mailto:', null);
// No address is without a scheme, or a dot inside a word. Most messages have neither.
const MAY_HOLD_LINK = /:\/\/|[^\s.]\.[^\s.]/;
const MENTION = /<([@#])([^<>\r\n]{1,255})>/g;

/** The web addresses in the text. */
export function findLinks(body: string): FoundLink[] {
  if (!MAY_HOLD_LINK.test(body)) return [];
  const links: FoundLink[] = [];
  for (const match of linkify.match(body) ?? []) {
    if (!/^https?:/i.test(match.url)) continue;
    links.push({ source: match.url, startPosition: match.index, endPosition: match.lastIndex });
    if (links.length === LINKS_MAX) break;
  }
  return links;
}

/** What looks like a mention; whether the name is somebody's has to be looked up. */
export function findMentions(body: string): FoundMention[] {
  if (!body.includes('<')) return [];
  const mentions: FoundMention[] = [];
  for (const match of body.matchAll(MENTION)) {
    const [tag, sign, name] = match as unknown as [string, string, string];
    const type = sign === '@' ? 'USER' : 'CHANNEL';
    mentions.push({ type, name, tag, startPosition: match.index, endPosition: match.index + tag.length });
    if (mentions.length === MENTIONS_MAX) break;
  }
  return mentions;
}
