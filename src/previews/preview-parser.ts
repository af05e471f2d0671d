import type { MessageLinkPreviewProperties } from '../messages/message-link.resource.js';
import { FetchedPage, URL_MAX } from './preview-fetcher.js';

export const TITLE_MAX = 300;
export const DESCRIPTION_MAX = 1_000;
export const SITE_NAME_MAX = 200;
/** So much is parsed of a page whose head has no end. */
const HEAD_MAX = 128 * 1024;
/** What is not to be guessed from the rest of the page. */
const NO_GUESSES: ('image' | 'audioUrl' | 'locale' | 'logo' | 'url' | 'date' | 'favicon')[] = [
  'image',
  'audioUrl',
  'locale',
  'logo',
  'url',
  'date',
  'favicon',
];

/** What a page says about itself. Undefined without a title and a picture: a preview has both. */
export async function previewOf(
  source: string,
  { html, url }: FetchedPage,
): Promise<MessageLinkPreviewProperties | undefined> {
  const end = html.search(/<\/head\s*>|<body[\s>]/i);
  const head = html.slice(0, end < 0 ? HEAD_MAX : Math.min(end, HEAD_MAX));
  if (head.trim() === '') return undefined;
  // Loaded when the first page is read: many servers never read one.
  const { default: ogs } = await import('open-graph-scraper');
  const { error, result } = await ogs({ html: head, onlyGetOpenGraphInfo: NO_GUESSES });
  if (error) return undefined;
  const title = text(result.ogTitle ?? result.twitterTitle, TITLE_MAX);
  const image = [...(result.ogImage ?? []), ...(result.twitterImage ?? [])]
    .map((candidate) => absolute(candidate.url, url))
    .find((candidate) => candidate !== undefined);
  if (!title || !image) return undefined;
  const description = text(result.ogDescription ?? result.twitterDescription, DESCRIPTION_MAX);
  const siteName = text(result.ogSiteName, SITE_NAME_MAX);
  return {
    url: source,
    title,
    image: { source: image },
    ...(description && { description }),
    ...(siteName && { siteName }),
  };
}

/** One line of readable text. It is text, whatever it looks like: readers show it as such. */
function text(given: unknown, max: number): string | undefined {
  if (typeof given !== 'string') return undefined;
  const line = given
    .slice(0, max * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .toWellFormed()
    .trim();
  const characters = [...line];
  return (characters.length > max ? `${characters.slice(0, max - 1).join('')}…` : line) || undefined;
}

function absolute(given: unknown, base: string): string | undefined {
  if (typeof given !== 'string' || !URL.canParse(given.trim(), base)) return undefined;
  const { protocol, href } = new URL(given.trim(), base);
  return /^https?:$/.test(protocol) && href.length <= URL_MAX ? href : undefined;
}
