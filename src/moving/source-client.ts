import { setTimeout } from 'node:timers/promises';
import pLimit, { LimitFunction } from 'p-limit';
import { ATTEMPTS, exhaustedPause, failurePause, refusalPause } from './source-pause.js';

export interface SourceOptions {
  /** Where the API is, without the version. */
  baseUrl: string;
  /** Where tokens are had. */
  authorizationUrl: string;
  clientId: string;
  clientSecret: string;
  /** How many requests may be on their way at a time. */
  concurrency: number;
}

/** The other server answered that it will not do it. */
export class SourceRefusal extends Error {
  constructor(
    readonly status: number,
    readonly path: string,
    explanation: string,
  ) {
    super(`${path} was answered ${status}${explanation && `: ${explanation}`}`);
  }
}

/** The other server cannot be reached, or fails: the command may be given again later. */
export class SourceUnavailable extends Error {}

const REQUEST_MS = 60_000;
/** Files may be large. */
const DOWNLOAD_MS = 600_000;
/** A token is not used in its last minute. */
const TOKEN_MARGIN_MS = 60_000;
const EXPLANATION_MAX = 300;

interface Token {
  value: string;
  endsTime: number;
}

/**
 * Asks the other server. Waits when it is asked too often, tries again what fails by chance, and gets a new token when
 * one has run out.
 */
export class SourceClient {
  /** How many requests were answered, and how many had to be repeated. */
  requests = 0;
  repeats = 0;
  private readonly limit: LimitFunction;
  private token: Promise<Token> | undefined;
  private pausedUntil = 0;
  private readonly origins = new Set<string>();

  constructor(
    private readonly options: SourceOptions,
    private readonly wait: (ms: number) => Promise<unknown> = setTimeout,
  ) {
    this.limit = pLimit(options.concurrency);
    this.noteLink(options.baseUrl);
  }

  /** The resource at a path of the API. */
  get<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) search.set(name, String(value));
    return this.find<T>(path, search.size > 0 ? `?${search.toString()}` : '');
  }

  /** The same with a query string as a link has it. */
  async find<T>(path: string, search: string): Promise<T> {
    return (await this.limit(() => this.read(path, search))) as T;
  }

  /** Takes the content of a file that the other server keeps, or points to. No token goes along: addresses are enough. */
  download<T>(url: string, take: (response: Response) => Promise<T>): Promise<T> {
    return this.limit(async () => take(await this.persisting(url, () => this.fetch(url, {}, DOWNLOAD_MS))));
  }

  /** Its own links may begin in another way than the base URL: there may be a proxy in between. */
  noteLink(href: string | undefined): void {
    if (href !== undefined && URL.canParse(href)) this.origins.add(new URL(href).origin);
  }

  /** Whether an address is one of the other server. */
  isOwn(url: string): boolean {
    return URL.canParse(url) && this.origins.has(new URL(url).origin);
  }

  private async read(path: string, search: string): Promise<unknown> {
    for (let isSecond = false; ; isSecond = true) {
      const token = await this.currentToken();
      const response = await this.persisting(path, () =>
        this.fetch(`${this.options.baseUrl}/v1${path}${search}`, {
          headers: { authorization: `Bearer ${token.value}`, accept: 'application/json' },
        }),
      );
      // It may have been revoked, or the clocks differ.
      if (response.status === 401 && !isSecond) {
        await response.body?.cancel();
        if ((await this.token) === token) this.token = undefined;
        continue;
      }
      if (!response.ok) throw new SourceRefusal(response.status, path, await explanationOf(response));
      return jsonOf(response, path);
    }
  }

  /** All who need a new one wait for the same. */
  private async currentToken(): Promise<Token> {
    const known = this.token;
    if (known && (await known).endsTime > Date.now()) return known;
    if (this.token === known) {
      this.token = this.authorize();
      this.token.catch(() => (this.token = undefined));
    }
    return this.token ?? this.currentToken();
  }

  /** Authorizes as published clients do. */
  private async authorize(): Promise<Token> {
    const { authorizationUrl, clientId, clientSecret } = this.options;
    const response = await this.persisting(authorizationUrl, () => {
      const body = new FormData();
      body.append('grant_type', 'client_credentials');
      const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
      return this.fetch(authorizationUrl, { method: 'POST', headers: { authorization }, body });
    });
    if (!response.ok) throw new SourceRefusal(response.status, authorizationUrl, await explanationOf(response));
    const token = (await jsonOf(response, authorizationUrl)) as { access_token: string; expires_in?: number };
    const { access_token: value, expires_in: seconds = 0 } = token;
    const lifeMs = seconds * 1000;
    return { value, endsTime: Date.now() + lifeMs - Math.min(TOKEN_MARGIN_MS, lifeMs / 2) };
  }

  /** Repeats a request that can be repeated until it is answered, or until that is hopeless. */
  private async persisting(what: string, send: () => Promise<Response>): Promise<Response> {
    for (let failures = 0; ;) {
      await this.pause();
      let reason: string;
      try {
        const response = await send();
        if (response.status === 429) {
          // Everybody waits, and asks again as often as it takes.
          this.repeats++;
          this.pauseFor(refusalPause(response.headers));
          await response.body?.cancel();
          continue;
        }
        if (response.status < 500) {
          this.requests++;
          this.pauseFor(exhaustedPause(response.headers));
          return response;
        }
        reason = `was answered ${response.status}`;
        await response.body?.cancel();
      } catch (error) {
        reason = `could not be asked for: ${reasonOf(error)}`;
      }
      if (++failures === ATTEMPTS) throw new SourceUnavailable(`${what} ${reason}, ${ATTEMPTS} times in a row`);
      this.repeats++;
      await this.wait(failurePause(failures));
    }
  }

  private fetch(url: string, init: RequestInit, withinMs = REQUEST_MS): Promise<Response> {
    return fetch(url, { ...init, signal: AbortSignal.timeout(withinMs) });
  }

  private pauseFor(ms: number): void {
    if (ms > 0) this.pausedUntil = Math.max(this.pausedUntil, Date.now() + ms);
  }

  private async pause(): Promise<void> {
    for (let left = this.pausedUntil - Date.now(); left > 0; left = this.pausedUntil - Date.now())
      await this.wait(left);
  }
}

async function jsonOf(response: Response, what: string): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new SourceUnavailable(`${what} was not answered with JSON: ${reasonOf(error)}`);
  }
}

/** What an error says, as this API and OAuth spell it. */
async function explanationOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const { explanation, error_description: description, message } = JSON.parse(text) as Record<string, string>;
    return explanation ?? description ?? message ?? '';
  } catch {
    return text.slice(0, EXPLANATION_MAX);
  }
}

/** The cause of a failed fetch says more than the failure. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error
    ? cause.message || (cause as NodeJS.ErrnoException).code || error.message
    : error.message;
}
