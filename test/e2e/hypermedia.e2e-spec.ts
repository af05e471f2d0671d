import { request } from 'node:http';
import { AddressInfo } from 'node:net';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseTemplate } from 'url-template';
import { createApp } from '../../src/app.setup.js';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { loadConfig } from '../../src/config/config.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';

type Link = { href: string; templated?: boolean };

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

describe('hypermedia', () => {
  let test: TestApp;
  let canonical: string;
  let ann: MadeUser;
  let bob: MadeUser;
  let channel: MadeChannel;
  let message: MadeMessage;
  beforeAll(async () => {
    test = await startApp();
    canonical = `${test.url}/v1/applications/${test.application.applicationId}`;
    [ann, bob] = [
      await test.make.user({ name: 'jdoe' }),
      await test.make.user({ name: 'asmith', properties: { n: null } }),
    ];
    channel = await test.make.channel({ members: [ann, bob], name: 'with both', creator: { id: ann.id } });
    await test.make.channel({ members: [ann] });
    await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
    message = await test.make.message(channel, `See https://example.org <@jdoe> <#with both>`, ann);
    await test.make.reply(message, 'A reply');
  });
  afterAll(() => test.close());

  const get = async (path: string, accept?: string) =>
    (await test.client.get(path, accept ? { headers: { accept } } : {})).body;
  const linksOf = async (path: string): Promise<Record<string, Link>> => (await get(path))._links;

  describe('the families of paths', () => {
    it('address the same things', async () => {
      const accept = 'application/json';
      const [versioned, canonically] = [await get(`/v1/users/${ann.id}`), await get(`${canonical}/users/${ann.id}`)];
      expect(canonically).toEqual(versioned);
      const { _links, ...plain } = await get(`/users/${ann.id}`, 'application/vnd.chatkitty.v1+json');
      expect({ ...plain, _links: versioned._links }).toEqual(versioned);
      expect(await get('/v1/application', accept)).toEqual(await get(canonical));
      expect(await get('/v1/application/settings')).toEqual(await get(`${canonical}/settings`));
      expect((await get('/application')).id).toBe(test.application.applicationId);
    });

    it('are kept by links: with a version they are canonical, otherwise without one', async () => {
      for (const path of [`/v1/users/${ann.id}`, `${canonical}/users/${ann.id}`])
        expect(await linksOf(path)).toMatchObject({
          self: { href: `${canonical}/users/${ann.id}` },
          application: { href: canonical },
        });
      expect(await linksOf(`/users/${ann.id}`)).toMatchObject({
        self: { href: `${test.url}/users/${ann.id}` },
        application: { href: `${test.url}/application` },
      });
      expect((await linksOf('/v1/users?size=1')).next!.href).toMatch(`${canonical}/users?page=1&size=1`);
      expect((await linksOf(`${canonical}/users?size=1`)).next!.href).toMatch(`${canonical}/users?page=1&size=1`);
      expect((await linksOf('/users?size=1')).next!.href).toMatch(`${test.url}/users?page=1&size=1`);
    });

    it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])(
      'have `me` for the own application: %s is sent on',
      async (method) => {
        const path =
          method === 'PUT' ? '/settings' : method === 'PATCH' || method === 'DELETE' ? `/users/${ann.id}` : '/users';
        const withBody = method !== 'GET' && method !== 'HEAD';
        const { status, headers } = await test.client.request(method, `/v1/applications/me${path}?a=b%20c&d`, {
          ...(withBody && { body: {} }),
        });
        expect(status).toBe(307);
        expect(headers.get('location')).toBe(`${canonical}${path}?a=b%20c&d`);
        expect((await test.client.get(`/v1/users/${ann.id}`)).status).toBe(200);
      },
    );

    it.each(['', '/', '/settings', '/channels'])('lead from `me%s` to something', async (below) => {
      const { headers } = await test.client.get(`/v1/applications/me${below}`);
      expect((await test.client.get(headers.get('location')!)).status).toBe(200);
    });

    it.each(['999999', '0', 'x', 'ME', '01', '%31'])('do not show the application %s', async (id) => {
      const missing = await test.client.get('/v1/users/9007199254740991');
      for (const below of ['', '/users', '/settings', `/users/${ann.id}`]) {
        const { status, body } = await test.client.get(`/v1/applications/${id}${below}`);
        expect([below, status]).toEqual([below, 404]);
        expect(body).toEqual({ ...missing.body, timestamp: expect.stringMatching(TIME) });
      }
    });

    it('do not show another application, whose own client sees it', async () => {
      const { body } = await test.stranger.get('/v1/application');
      expect((await test.client.get(`/v1/applications/${body.id}`)).status).toBe(404);
      expect((await test.stranger.get(`/v1/applications/${body.id}`)).status).toBe(200);
    });

    it('ask for a token before anything else', async () => {
      for (const id of ['me', '1', '999999'])
        expect((await test.client.with('').get(`/v1/applications/${id}/users`)).status).toBe(401);
    });
  });

  describe('roots', () => {
    it('lead to what there is', async () => {
      for (const path of ['/', '/v1', '/v1/']) {
        const links = (await test.client.with('').get(path)).body._links as Record<string, Link>;
        const { token, ...others } = links;
        expect(token?.href ?? `${test.url}/oauth/token`).toBe(`${test.url}/oauth/token`);
        for (const { href } of Object.values(others))
          expect([200, 307]).toContain((await test.client.get(href)).status);
      }
    });

    it('answer with a token as well', async () => {
      expect((await test.client.get('/')).status).toBe(200);
    });

    it('of the application link every category, in either family', async () => {
      for (const path of ['/v1/application', '/application'])
        expect(Object.keys(await linksOf(path))).toEqual(
          expect.arrayContaining([
            'self',
            'settings',
            'users',
            'channels',
            'messages',
            'find:users',
            'find:channels',
            'find:messages',
          ]),
        );
    });
  });

  describe('links', () => {
    const VALUES = {
      page: 0,
      size: 5,
      name: 'jdoe',
      members: 'jdoe,asmith',
      username: 'jdoe',
      query: 'see',
      type: 'PUBLIC',
      secretName: 'calendar',
    };

    it.each(['/v1/application', '/application'])(
      'from %s on lead to something, as do their templates',
      async (start) => {
        const base = start.startsWith('/v1') ? canonical : test.url;
        const values = { ...VALUES, userId: ann.id };
        await test.client.put(`/v1/users/${ann.id}/secrets/${VALUES.secretName}`, { secret: 'hidden' });
        const seen = new Set<string>();
        const open = [test.url + start];
        for (let href = open.pop(); href !== undefined; href = open.pop()) {
          if (seen.has(href)) continue;
          seen.add(href);
          const { status, body } = await test.client.get(href);
          // These are sent only.
          const isSentOnly = /\/(channels\/\d+\/events|keystrokes|display-picture)$/.test(href);
          expect([href, status]).toEqual([href, isSentOnly ? 405 : 200]);
          for (const link of everyLink(body)) {
            expect(link.href).toMatch(new RegExp(`^${base}(/|$)`));
            expect([link.href, link.templated ?? false]).toEqual([link.href, link.href.includes('{')]);
            open.push(parseTemplate(link.href).expand(values));
          }
        }
        expect(seen.size).toBeGreaterThan(30);
      },
    );

    it('that are not templates are none by RFC 6570, also with odd filters', async () => {
      const odd = encodeURIComponent('{"a":"}{"}');
      const { self } = await linksOf(`/v1/users?name=%7Bx%7D&properties=${odd}`);
      expect(parseTemplate(self!.href).expand({ x: 'y' })).toBe(self!.href);
      expect(self!.href).toBe(`${canonical}/users?name=%7Bx%7D&properties=${odd}&page=0&size=25`);
      expect((await test.client.get(self!.href)).status).toBe(200);
    });

    it('find the channels that all of these are members of, as in the overview', async () => {
      const path = parseTemplate('/v1/channels{?members}').expand({ members: 'jdoe,asmith' });
      const { _embedded } = await get(path);
      expect(_embedded.channels.map(({ type }: MadeChannel) => type)).toEqual(['PUBLIC', 'DIRECT']);
    });

    it('are filled in from the templates of the application', async () => {
      const links = await linksOf('/v1/application');
      const find = (relation: string, values: Record<string, string | number>) =>
        get(parseTemplate(links[relation]!.href).expand(values));
      expect((await find('find:users', { name: 'jdoe' }))._embedded.users).toHaveLength(1);
      expect((await find('find:users', {}))._embedded.users).toHaveLength(2);
      expect((await find('find:channels', { type: 'DIRECT' }))._embedded.channels).toHaveLength(1);
      expect((await find('find:messages', { username: 'jdoe', query: 'SEE' }))._embedded.messages).toHaveLength(1);
    });
  });

  describe('resources', () => {
    it.each(['/v1/users', '/v1/channels', '/v1/messages', '/v1/application', '/v1/application/settings'])(
      'of %s leave blank fields out instead of sending null, except in what tenants wrote',
      async (path) => {
        for (const accept of ['application/json', 'application/vnd.chatkitty+json'])
          expect(nullsIn(await get(path, accept))).toEqual([]);
      },
    );

    it('keep the null that a tenant wrote', async () => {
      expect((await get(`/v1/users/${bob.id}`)).properties).toEqual({ n: null });
    });

    it('have times in UTC, in whole seconds, in both casings', async () => {
      const inSnakeCase = async (path: string) =>
        (await test.client.get(path, { headers: { accept: 'application/vnd.chatkitty+json' } })).body;
      const edited = (await test.client.patch(`/v1/messages/${message.id}`, { body: 'Edited' })).body;
      const times = [
        edited.createdTime,
        edited.lastEditedTime,
        (await inSnakeCase(`/messages/${message.id}`)).last_edited_time,
        (await get(`/v1/channels/${channel.id}`)).createdTime,
        (await inSnakeCase(`/channels/${channel.id}`)).created_time,
        (await get('/v1/application')).createdTime,
        (await get('/v1/users/x')).timestamp,
      ];
      for (const time of times) {
        expect(time).toMatch(TIME);
        expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000);
      }
    });
  });

  describe('collections', () => {
    beforeAll(async () => {
      await test.make.users(30);
      for (let index = 0; index < 30; index++) await test.make.message(channel, `Message ${index}`);
    });

    it('have 25 items to a page, counted from page 0', async () => {
      const [first, zeroth, second] = [
        await get('/v1/users'),
        await get('/v1/users?page=0'),
        await get('/v1/users?page=1'),
      ];
      expect(first).toEqual(zeroth);
      expect(first._embedded.users).toHaveLength(25);
      expect(first.page).toEqual({ size: 25, totalElements: 32, totalPages: 2, number: 0 });
      expect(second._embedded.users).toHaveLength(7);
      expect(second.page.number).toBe(1);
    });

    it.each([
      [0, 25],
      [-5, 25],
      [1, 1],
      [100, 100],
      [101, 100],
      [9_007_199_254_740_991, 100],
    ])('of size %d have %d to a page', async (asked, size) => {
      expect((await get(`/v1/users?size=${asked}`)).page.size).toBe(size);
      expect((await get(`/v1/messages?size=${asked}`))._embedded.messages).toHaveLength(Math.min(size, 32));
    });

    it('of messages are traversed by start and next', async () => {
      const first = await get('/v1/messages');
      expect(first._embedded.messages).toHaveLength(25);
      const { start, next } = first.page;
      expect((await get(`/v1/messages?start=${start}`))._embedded).toEqual(first._embedded);
      const second = await get(`/v1/messages?start=${start}&next=${next}&relation=NEXT`);
      expect(second._embedded.messages).toHaveLength(7);
      expect(String(second._embedded.messages[0].id)).toBe(next);
    });
  });

  describe('the public address', () => {
    let app: NestFastifyApplication;
    let port: number;
    let token: string;
    beforeAll(async () => {
      const environment = { LOG_LEVEL: 'silent', PUBLIC_URL: 'https://chat.example.org:8443/' };
      app = await createApp(loadConfig({ DATABASE_URL: process.env.DATABASE_URL, ...environment }));
      await app.listen(0, '127.0.0.1');
      port = (app.getHttpServer().address() as AddressInfo).port;
      const { clientId, clientSecret } = await app.get(ApplicationsService).create('Public');
      const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
      const response = await fetch(`http://127.0.0.1:${port}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      token = ((await response.json()) as { access_token: string }).access_token;
    });
    afterAll(() => app.close());

    const FORGED = {
      host: 'evil.example',
      forwarded: 'host=evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
    };
    const ask = (path: string): Promise<{ location?: string; text: string }> =>
      new Promise((resolve, reject) => {
        request({ port, path, headers: { ...FORGED, authorization: `Bearer ${token}` } }, (response) => {
          let text = '';
          response.on('data', (part: Buffer) => (text += part.toString()));
          response.on('end', () => resolve({ ...response.headers, text }));
        })
          .on('error', reject)
          .end();
      });

    it.each([
      '/',
      '/v1',
      '/v1/application',
      '/application',
      '/v1/users',
      '/v1/messages',
      '/openapi.json',
      '/.well-known/oauth-authorization-server',
    ])('stands in every link of %s, whatever the Host header says', async (path) => {
      const { text } = await ask(path);
      expect(text).not.toMatch(/evil|gopher|localhost|127\.0\.0\.1/);
      expect(text).toContain('"https://chat.example.org:8443');
      expect(text).not.toContain('8443//');
    });

    it('stands in redirects', async () => {
      expect((await ask('/v1/applications/me/users?a=b')).location).toMatch(
        /^https:\/\/chat\.example\.org:8443\/v1\/applications\/\d+\/users\?a=b$/,
      );
    });
  });
});

function everyLink(value: unknown): Link[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    key === '_links' ? Object.values(part as Record<string, Link>) : key === 'properties' ? [] : everyLink(part),
  );
}

function nullsIn(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => (key === 'properties' ? [] : nullsIn(part, `${path}/${key}`)));
}
