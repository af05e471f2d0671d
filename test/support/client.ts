import { Answer } from './answer.js';
import { Contract } from './contract.js';

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
}

/** Gives out several things by turns. */
export function byTurns<T>(all: readonly T[]): () => T {
  let count = 0;
  return () => all[count++ % all.length]!;
}

/** Talks HTTP for one application. Each answer of the Platform API is checked against the contract, unseen by tests. */
export class Client {
  private constructor(
    private readonly nextUrl: () => string,
    readonly token: string,
    private readonly contract: Contract,
  ) {}

  /** Gets a token with these credentials; `scope` narrows it. `at`: the server, or what says which one to ask next. */
  static async of(
    at: string | (() => string),
    { clientId, clientSecret }: { clientId: string; clientSecret: string },
    contract: Contract,
    scope?: string,
  ): Promise<Client> {
    const nextUrl = typeof at === 'string' ? () => at : at;
    const response = await fetch(`${nextUrl()}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    return new Client(nextUrl, access_token, contract);
  }

  /** The same with another token, or with none. */
  with(token: string): Client {
    return new Client(this.nextUrl, token, this.contract);
  }

  /** The same, asking this server alone. */
  at(url: string): Client {
    return new Client(() => url, this.token, this.contract);
  }

  get(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('GET', path, options);
  }

  head(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('HEAD', path, options);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.request('POST', path, { body, ...(headers && { headers }) });
  }

  /** Sends a file, with texts beside it. */
  upload(
    path: string,
    file: Blob,
    { name = 'notes.txt', ...fields }: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append('file', file, name);
    return this.request('POST', path, { body: form, headers });
  }

  put(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.request('PUT', path, { body, ...(headers && { headers }) });
  }

  patch(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.request('PATCH', path, {
      body,
      headers: { 'content-type': 'application/json+merge-patch', ...headers },
    });
  }

  delete(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('DELETE', path, options);
  }

  /** `path` may be a whole URL, such as a link. Texts and forms are sent as they are, everything else as JSON. */
  async request(method: string, path: string, { body, headers = {} }: RequestOptions = {}): Promise<Answer> {
    const response = await fetch(path.startsWith('http') ? path : this.nextUrl() + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
      }),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    const answer: Answer = {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
    };
    this.contract.check(method, response.url, answer);
    return answer;
  }

  /** Follows `next` from page to page and answers all items. */
  async all<T = { id: number }>(path: string, key: string): Promise<T[]> {
    const items: T[] = [];
    for (let at: string | undefined = path; at !== undefined;) {
      const { status, body } = await this.get(at);
      if (status !== 200) throw new Error(`${at} answered ${status}: ${JSON.stringify(body)}`);
      items.push(...(body._embedded[key] as T[]));
      at = body._links.next?.href as string | undefined;
    }
    return items;
  }
}
