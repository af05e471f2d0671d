import { request as httpRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';

export const URL_MAX = 2_048;
const REDIRECTS_MAX = 5;
/** What a page has to show stands at its beginning; the rest is not read. */
const BYTES_MAX = 512 * 1024;
const HEADER_BYTES_MAX = 32 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const HTML = /^(text\/html|application\/xhtml\+xml)\s*(;|$)/i;

export interface FetcherOptions {
  /** Which ports may be called; undefined for any. */
  ports?: readonly number[];
  /** Whether addresses may be called that are not of the public internet. */
  allowPrivate: boolean;
  /** Private addresses that may be called all the same. */
  allowedAddresses?: readonly string[];
  /** All there is to a page, its redirects included, within so long. */
  deadlineMs: number;
  lookup?: RequestOptions['lookup'];
}

export interface FetchedPage {
  html: string;
  /** Where the page was in the end. */
  url: string;
}

/** Why there is no page. */
export class FetchError extends Error {}

/**
 * Fetches web pages that strangers name. Connections go to public addresses only: each name is looked up once, and what
 * it stands for is checked before it is called, on every redirect again.
 */
export class PreviewFetcher {
  private readonly agents;

  constructor(private readonly options: FetcherOptions) {
    const filter = {
      keepAlive: false,
      allowPrivateIPAddress: options.allowPrivate,
      allowMetaIPAddress: options.allowPrivate,
      allowIPAddressList: [...(options.allowedAddresses ?? [])],
    };
    this.agents = { 'http:': new RequestFilteringHttpAgent(filter), 'https:': new RequestFilteringHttpsAgent(filter) };
  }

  /** Whether an address is one that is fetched at all. */
  allows(url: string): boolean {
    return url.length <= URL_MAX && URL.canParse(url) && this.refusal(new URL(url)) === undefined;
  }

  async fetch(url: string, stop?: AbortSignal): Promise<FetchedPage> {
    const deadline = AbortSignal.timeout(this.options.deadlineMs);
    const signal = stop ? AbortSignal.any([deadline, stop]) : deadline;
    let at = new URL(url);
    for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
      const refusal = this.refusal(at);
      if (refusal) throw new FetchError(refusal);
      const answer = await this.ask(at, signal);
      const { statusCode = 0, headers } = answer;
      if (!REDIRECTS.has(statusCode) || headers.location === undefined) {
        try {
          return { html: await read(answer, signal), url: at.href };
        } finally {
          answer.destroy();
        }
      }
      answer.destroy();
      if (!URL.canParse(headers.location, at.href)) throw new FetchError('redirects to what is no address');
      at = new URL(headers.location, at);
    }
    throw new FetchError(`redirects more than ${REDIRECTS_MAX} times`);
  }

  private refusal({ protocol, port, username, password, href }: URL): string | undefined {
    if (protocol !== 'http:' && protocol !== 'https:') return `is not fetched: ${protocol}`;
    if (username || password) return 'has credentials in it';
    if (href.length > URL_MAX) return 'is too long';
    const effective = Number(port) || (protocol === 'http:' ? 80 : 443);
    if (this.options.ports && !this.options.ports.includes(effective)) return `is at port ${effective}`;
    return undefined;
  }

  private ask(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const isSecure = url.protocol === 'https:';
    const { lookup } = this.options;
    return new Promise((resolve, reject) => {
      const request = (isSecure ? httpsRequest : httpRequest)(url, {
        agent: this.agents[isSecure ? 'https:' : 'http:'],
        signal,
        maxHeaderSize: HEADER_BYTES_MAX,
        headers: {
          'User-Agent': 'Mozilla/5.0 (compatible; LinkPreview/1.0)',
          Accept: 'text/html,application/xhtml+xml',
          'Accept-Encoding': 'gzip, deflate, br',
        },
        ...(lookup && { lookup }),
      });
      // Stays: a connection can fail once more after it has failed.
      request.on('error', reject);
      request.once('response', resolve);
      request.end();
    });
  }
}

/** The beginning of the page, as text. */
async function read(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
  const type = answer.headers['content-type'] ?? '';
  if (answer.statusCode !== 200) throw new FetchError(`answers ${answer.statusCode}`);
  if (!HTML.test(type)) throw new FetchError(`is no page but ${type.slice(0, 100) || 'untyped'}`);
  const chunks: Buffer[] = [];
  let length = 0;
  const body = decoded(answer);
  const abort = () => body.destroy(new FetchError('takes too long'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) throw new FetchError('takes too long');
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= BYTES_MAX) break;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    body.destroy();
  }
  return toText(Buffer.concat(chunks).subarray(0, BYTES_MAX), type);
}

function decoded(answer: IncomingMessage): Readable {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return answer;
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : undefined;
  if (!decoder) throw new FetchError('is packed in a way that was not asked for');
  answer.on('error', (error) => decoder.destroy(error));
  answer.on('aborted', () => decoder.destroy(new FetchError('ends too early')));
  return answer.pipe(decoder);
}

/** In the character set that the answer names, or the page itself, or else in UTF-8. */
function toText(bytes: Buffer, contentType: string): string {
  const named =
    /charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1] ??
    /<meta[^>]{0,200}charset\s*=\s*["']?([^\s"'/>]+)/i.exec(bytes.toString('latin1', 0, 2_048))?.[1];
  try {
    return new TextDecoder(named ?? 'utf-8').decode(bytes);
  } catch {
    // A character set that does not exist.
    return new TextDecoder().decode(bytes);
  }
}
