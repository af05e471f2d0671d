import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SourceClient, SourceUnavailable } from './source-client.js';
import { BY_ID, linkedPage, numberedBatches } from './source-pages.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('the client of the other server', () => {
  let server: Server;
  let baseUrl: string;
  let waits: number[];
  let tokens: number;
  let lifeSeconds: number;
  let answer: Handler;

  beforeEach(async () => {
    [waits, tokens, lifeSeconds] = [[], 0, 3_600];
    server = createServer((request, response) => {
      if (request.url !== '/oauth/token') return answer(request, response);
      json(response, { access_token: `token-${++tokens}`, expires_in: lifeSeconds });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));

  const client = (concurrency = 4) =>
    new SourceClient(
      { baseUrl, authorizationUrl: `${baseUrl}/oauth/token`, clientId: 'id', clientSecret: 'secret', concurrency },
      async (ms) => {
        waits.push(ms);
        await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 60)));
      },
    );

  it('asks for one token, whoever needs it, and for another when it has run out', async () => {
    const seen = new Set<unknown>();
    answer = ({ headers }, response) => {
      seen.add(headers.authorization);
      json(response, {});
    };
    const patient = client();
    await Promise.all(Array.from({ length: 10 }, () => patient.get('/users')));
    expect([...seen]).toEqual(['Bearer token-1']);
    lifeSeconds = 0;
    const other = client();
    await other.get('/users');
    await other.get('/users');
    expect(tokens).toBe(3);
  });

  it('asks for a new token when one is refused, once', async () => {
    answer = ({ headers }, response) =>
      headers.authorization === 'Bearer token-1'
        ? json(response, { error: 'unauthorized' }, 401)
        : json(response, { token: headers.authorization });
    expect(await client().get('/users')).toEqual({ token: 'Bearer token-2' });
    answer = (_, response) => json(response, { error: 'access_denied', error_description: 'Access is denied' }, 401);
    await expect(client().get('/users')).rejects.toThrow('/users was answered 401: Access is denied');
    expect(tokens).toBe(4);
  });

  it('lets the other server alone for as long as it says, with all requests', async () => {
    let refusals = 0;
    const times: number[] = [];
    answer = (_, response) => {
      times.push(Date.now());
      if (refusals++ === 0) json(response, {}, 429, { 'retry-after': '0.05' });
      else json(response, {});
    };
    const patient = client(1);
    await Promise.all([patient.get('/users'), patient.get('/channels')]);
    expect(times).toHaveLength(3);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(49);
    expect([patient.requests, patient.repeats]).toEqual([3, 1]);
  });

  it('does not ask before the window ends whose last request it had', async () => {
    answer = (_, response) => json(response, {}, 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '0' });
    const patient = client();
    await patient.get('/users');
    expect(waits).toEqual([]);
    answer = (_, response) => json(response, {}, 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '1' });
    await patient.get('/users');
    answer = (_, response) => json(response, {});
    await patient.get('/users');
    expect(waits[0]).toBeGreaterThan(500);
  });

  it('tries again what fails, later each time, and gives up at last', async () => {
    let failures = 3;
    answer = (request, response) => {
      if (failures-- <= 0) json(response, { isThere: true });
      else if (failures % 2 === 0) json(response, {}, 503);
      else request.socket.destroy();
    };
    expect(await client().get('/users')).toEqual({ isThere: true });
    expect(waits).toHaveLength(3);
    for (const [index, ms] of waits.entries()) {
      expect(ms).toBeGreaterThanOrEqual(250 * 2 ** index);
      expect(ms).toBeLessThanOrEqual(500 * 2 ** index);
    }
    failures = Infinity;
    await expect(client().get('/users')).rejects.toThrow(SourceUnavailable);
    expect(waits).toHaveLength(3 + 7);
  });

  it('has no more requests on their way than it may', async () => {
    let [open, most] = [0, 0];
    answer = (_, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        json(response, {});
      }, 5);
    };
    const patient = client(3);
    await Promise.all(Array.from({ length: 20 }, () => patient.get('/users')));
    expect(most).toBe(3);
  });

  it('walks a numbered list in batches of pages, from any page on', async () => {
    const asked: string[] = [];
    const pages = 23;
    answer = ({ url }, response) => {
      asked.push(url!);
      const page = Number(new URL(url!, baseUrl).searchParams.get('page'));
      json(response, {
        _embedded: { users: [{ id: page }] },
        _links: page + 1 < pages ? { next: { href: 'https://elsewhere.example.org/' } } : {},
        page: { totalElements: pages, totalPages: pages, number: page },
      });
    };
    const batches = async (from: number) => {
      const found = [];
      for await (const { items, next, isLast } of numberedBatches<{ id: number }>(client(), '/users', 'users', {
        from,
        query: BY_ID,
      }))
        found.push([items.map(({ id }) => id), next, isLast]);
      return found;
    };
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
    expect(await batches(0)).toEqual([
      [range(0, 10), 10, false],
      [range(10, 20), 20, false],
      [range(20, 23), 23, true],
    ]);
    expect(new Set(asked)).toEqual(new Set(range(0, 23).map((page) => `/v1/users?page=${page}&size=100&sort=id`)));
    expect(await batches(20)).toEqual([[range(20, 23), 23, true]]);
  });

  it('refuses ids that it would take for each other', async () => {
    answer = (_, response) => response.end('{"_embedded":{"messages":[{"id":9007199254740993}]},"_links":{}}');
    await expect(linkedPage(client(), '/messages', 'messages', undefined)).rejects.toThrow(/not below 2\^53/);
  });

  it('follows the query of links alone: nobody else gets the token', async () => {
    answer = ({ url }, response) =>
      json(
        response,
        url === '/v1/messages?size=100'
          ? { _embedded: { messages: [{ id: 2 }] }, _links: { next: { href: 'https://evil.example.org/x?next=1' } } }
          : { _embedded: { messages: [{ id: 1, body: url }] }, _links: {} },
      );
    const first = await linkedPage(client(), '/messages', 'messages', undefined);
    expect(first).toEqual({ items: [{ id: 2 }], next: '?next=1' });
    expect(await linkedPage(client(), '/messages', 'messages', first.next)).toEqual({
      items: [{ id: 1, body: '/v1/messages?next=1' }],
      next: undefined,
    });
  });
});

function json(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
