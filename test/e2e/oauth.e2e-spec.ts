import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { startApp, TestApp } from '../support/app.js';

interface Asked {
  /** A form, or a multipart body. */
  form?: Record<string, string> | string | FormData;
  /** `id:secret` for HTTP Basic. */
  basic?: string;
  authorization?: string;
}

const ALL = 'create:* read:* update:* delete:*';
const GRANT = { grant_type: 'client_credentials' };
const OVERVIEW_CACHING = 'no-cache, no-store, max-age=0, must-revalidate';

describe('OAuth 2.0', () => {
  let test: TestApp;
  let credentials: string;
  let other: { clientId: string; clientSecret: string };
  beforeAll(async () => {
    test = await startApp();
    credentials = `${test.application.clientId}:${test.application.clientSecret}`;
    other = await test.app.get(ApplicationsService).create('Third');
  });
  afterAll(() => test.close());

  async function post(path: string, { form = {}, basic, authorization }: Asked) {
    const given = basic === undefined ? authorization : `Basic ${Buffer.from(basic).toString('base64')}`;
    const response = await fetch(test.url + path, {
      method: 'POST',
      headers: given === undefined ? {} : { authorization: given },
      body: form instanceof FormData ? form : new URLSearchParams(form),
    });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as any };
  }
  const tokenBy = (asked: Asked) => post('/oauth/token', asked);
  const newToken = async (scope?: string): Promise<string> =>
    (await tokenBy({ basic: credentials, form: { ...GRANT, ...(scope && { scope }) } })).body.access_token;
  const multipart = (parts: Record<string, string>): FormData => {
    const form = new FormData();
    for (const [name, value] of Object.entries(parts)) form.append(name, value);
    return form;
  };
  const application = (token: string) => test.client.with(token).get('/v1/application');

  describe('the token endpoint', () => {
    const body = () => ({ client_id: test.application.clientId, client_secret: test.application.clientSecret });

    it.each<[string, () => Asked]>([
      ['a form and HTTP Basic', () => ({ form: GRANT, basic: credentials })],
      ['a form with the credentials in it', () => ({ form: { ...GRANT, ...body() } })],
      ['multipart and HTTP Basic', () => ({ form: multipart(GRANT), basic: credentials })],
      ['multipart with the credentials in it', () => ({ form: multipart({ ...GRANT, ...body() }) })],
      [
        'parts that it does not know',
        () => ({ form: multipart({ ...GRANT, username: 'me', password: 'x' }), basic: credentials }),
      ],
      ['fields that it does not know', () => ({ form: { ...GRANT, audience: 'x' }, basic: credentials })],
      [
        'the name of the scheme in any case',
        () => ({ form: GRANT, authorization: `basic ${Buffer.from(credentials).toString('base64')}` }),
      ],
    ])('takes %s', async (_, asked) => {
      const { status, body: given, headers } = await tokenBy(asked());
      expect(status).toBe(200);
      expect(given).toEqual({
        access_token: expect.stringMatching(/^[\w-]{43}$/),
        token_type: 'bearer',
        expires_in: 43_200,
        scope: ALL,
      });
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toBe(OVERVIEW_CACHING);
      expect(headers.get('pragma')).toBe('no-cache');
      expect((await application(given.access_token)).body.id).toBe(test.application.applicationId);
    });

    it('gives another token each time, and the earlier ones stay good', async () => {
      const [first, second] = [await newToken(), await newToken()];
      expect(first).not.toBe(second);
      expect((await application(first)).status).toBe(200);
    });

    it('stores of a token its hash alone', async () => {
      const token = await newToken();
      const rows = await test.database.query('SELECT * FROM access_tokens');
      expect(JSON.stringify(rows)).not.toContain(token);
      expect(JSON.stringify(rows)).toContain(createHash('sha256').update(token).digest('base64'));
    });

    it.each([
      ['read:user', 'read:user'],
      ['read:user read:channel', 'read:user read:channel'],
      ['read:user read:user', 'read:user'],
      ['read:*', 'read:*'],
      ['', ALL],
    ])('grants what is wished for: "%s"', async (scope, granted) => {
      expect((await tokenBy({ basic: credentials, form: { ...GRANT, scope } })).body.scope).toBe(granted);
    });

    it.each(['admin', 'read', 'read:', 'read:user write:user', 'READ:USER', '*', 'read:user,create:user'])(
      'refuses the scope "%s"',
      async (scope) => {
        const { status, body: refusal } = await tokenBy({ basic: credentials, form: { ...GRANT, scope } });
        expect(status).toBe(400);
        expect(refusal).toEqual({ error: 'invalid_scope', error_description: expect.any(String) });
      },
    );

    it.each<[string, string, Record<string, string> | string]>([
      ['no grant', 'invalid_request', {}],
      ['a grant given twice', 'invalid_request', 'grant_type=client_credentials&grant_type=client_credentials'],
      ['a grant that it does not know', 'unsupported_grant_type', { grant_type: 'magic' }],
      ['passwords', 'unsupported_grant_type', { grant_type: 'password', username: 'a', password: 'b' }],
      ['codes', 'unsupported_grant_type', { grant_type: 'authorization_code', code: 'a' }],
      ['refresh tokens', 'unsupported_grant_type', { grant_type: 'refresh_token', refresh_token: 'a' }],
    ])('refuses %s as %s', async (_, error, form) => {
      const { status, body: refusal, headers } = await tokenBy({ basic: credentials, form });
      expect(status).toBe(400);
      expect(refusal).toEqual({ error, error_description: expect.any(String) });
      expect(headers.get('www-authenticate')).toBeNull();
    });

    it.each<[string, () => Asked]>([
      ['no credentials', () => ({ form: GRANT })],
      ['an unknown client', () => ({ form: GRANT, basic: `nobody:${test.application.clientSecret}` })],
      ['a wrong secret', () => ({ form: GRANT, basic: `${test.application.clientId}:wrong` })],
      [
        "another application's secret",
        () => ({ form: GRANT, basic: `${test.application.clientId}:${other.clientSecret}` }),
      ],
      ['an empty secret', () => ({ form: GRANT, basic: `${test.application.clientId}:` })],
      ['a client without a secret', () => ({ form: GRANT, basic: test.application.clientId })],
      ['credentials that are not base64', () => ({ form: GRANT, authorization: 'Basic !!!' })],
      ['credentials of another scheme', () => ({ form: GRANT, authorization: 'Digest x' })],
      ['a secret without a client', () => ({ form: { ...GRANT, client_secret: 'x' } })],
    ])('does not know a caller with %s', async (_, asked) => {
      const { status, body: refusal, headers } = await tokenBy(asked());
      expect(status).toBe(401);
      expect(refusal).toEqual({ error: 'invalid_client', error_description: expect.any(String) });
      expect(headers.get('www-authenticate')).toBe('Basic realm="chatkitty"');
    });

    it('refuses a multipart body that is none', async () => {
      const response = await fetch(`${test.url}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: 'nothing of the kind',
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(402);
      expect(await response.json()).toMatchObject({ error: expect.stringMatching(/^invalid_/) });
    });

    it('answers POST alone', async () => {
      const { status, headers } = await test.client.get('/oauth/token');
      expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    });
  });

  describe('revocation (RFC 7009)', () => {
    it('ends a token at once', async () => {
      const token = await newToken();
      expect((await application(token)).status).toBe(200);
      expect((await post('/oauth/revoke', { basic: credentials, form: { token } })).status).toBe(200);
      expect((await application(token)).status).toBe(401);
    });

    it('takes a token that it does not know for one taken back', async () => {
      expect((await post('/oauth/revoke', { basic: credentials, form: { token: 'unknown' } })).status).toBe(200);
    });

    it("leaves another application's token alone", async () => {
      const token = await newToken();
      const basic = `${other.clientId}:${other.clientSecret}`;
      expect((await post('/oauth/revoke', { basic, form: { token } })).status).toBe(200);
      expect((await application(token)).status).toBe(200);
    });

    it('refuses nobody in particular, and a request without a token', async () => {
      const token = await newToken();
      expect(await post('/oauth/revoke', { form: { token } })).toMatchObject({
        status: 401,
        body: { error: 'invalid_client' },
      });
      expect(await post('/oauth/revoke', { basic: credentials })).toMatchObject({
        status: 400,
        body: { error: 'invalid_request' },
      });
      expect((await application(token)).status).toBe(200);
    });
  });

  describe('introspection (RFC 7662)', () => {
    const introspect = (token: string, basic = credentials) => post('/oauth/introspect', { basic, form: { token } });

    it('describes a token', async () => {
      const before = Math.floor(Date.now() / 1000);
      const { status, body } = await introspect(await newToken('read:user'));
      expect(status).toBe(200);
      expect(body).toEqual({
        active: true,
        scope: 'read:user',
        client_id: test.application.clientId,
        token_type: 'bearer',
        iat: expect.any(Number),
        exp: expect.any(Number),
      });
      expect(body.iat).toBeGreaterThanOrEqual(before);
      expect(body.exp - body.iat).toBe(43_200);
    });

    it('says nothing about tokens that are unknown, taken back, or of another application', async () => {
      const revoked = await newToken();
      await post('/oauth/revoke', { basic: credentials, form: { token: revoked } });
      expect((await introspect('unknown')).body).toEqual({ active: false });
      expect((await introspect(revoked)).body).toEqual({ active: false });
      expect((await introspect(await newToken(), `${other.clientId}:${other.clientSecret}`)).body).toEqual({
        active: false,
      });
    });

    it('refuses whoever has no credentials, and a request without a token', async () => {
      expect((await post('/oauth/introspect', { form: { token: await newToken() } })).status).toBe(401);
      expect((await post('/oauth/introspect', { basic: credentials })).body.error).toBe('invalid_request');
    });
  });

  it('publishes its metadata (RFC 8414)', async () => {
    const { status, body } = await test.client.with('').get('/.well-known/oauth-authorization-server');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      issuer: test.url,
      token_endpoint: `${test.url}/oauth/token`,
      revocation_endpoint: `${test.url}/oauth/revoke`,
      introspection_endpoint: `${test.url}/oauth/introspect`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      scopes_supported: ALL.split(' '),
    });
  });

  describe('a token that has expired', () => {
    const expiring = async (milliseconds: number): Promise<string> => {
      const token = await newToken();
      await test.database.execute('UPDATE access_tokens SET expires_time = ? WHERE token_hash = ?', [
        Date.now() + milliseconds,
        createHash('sha256').update(token).digest('base64'),
      ]);
      return token;
    };

    it('is honoured for a minute more, since clients keep it to the last second', async () => {
      const token = await expiring(-50_000);
      expect((await application(token)).status).toBe(200);
      expect((await post('/oauth/introspect', { basic: credentials, form: { token } })).body).toEqual({
        active: false,
      });
    });

    it('is refused afterwards', async () => {
      const { status, headers } = await application(await expiring(-60_001));
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    });
  });

  describe('the Platform API', () => {
    const REALM = 'Bearer realm="chatkitty"';
    const refusal = { error: 'unauthorized', error_description: expect.any(String) };

    it('asks for a token without saying what is wrong when none was given (RFC 6750, 3.1)', async () => {
      const { status, body, headers } = await test.client.with('').get('/v1/application');
      expect([status, body]).toEqual([401, refusal]);
      expect(headers.get('www-authenticate')).toBe(REALM);
    });

    it.each(['Basic dTpw', 'Digest x', 'nonsense', 'Bearers x'])(
      'does so for credentials of another kind: %s',
      async (authorization) => {
        const { status, body, headers } = await test.client.get('/v1/application', { headers: { authorization } });
        expect([status, body]).toEqual([401, refusal]);
        expect(headers.get('www-authenticate')).toBe(REALM);
      },
    );

    it.each(['Bearer', 'Bearer wrong', 'Bearer two words', 'Bearer  ', 'bearer ü', `Bearer ${'x'.repeat(500)}`])(
      'refuses a token that it does not know: %s',
      async (authorization) => {
        const { status, body, headers } = await test.client.get('/v1/application', { headers: { authorization } });
        expect([status, body]).toEqual([401, refusal]);
        expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="chatkitty", error="invalid_token", /);
      },
    );

    it('takes no token from the query or the body, which end up in logs', async () => {
      const token = await newToken();
      const nobody = test.client.with('');
      expect((await nobody.get(`/v1/application?access_token=${token}`)).status).toBe(401);
      const user = { name: 'by-body', displayName: 'By Body', access_token: token };
      expect((await nobody.post('/v1/users', user)).status).toBe(401);
      expect((await test.client.head('/v1/users?name=by-body')).status).toBe(404);
    });

    it('names the scopes that a token lacks', async () => {
      const { status, body, headers } = await test.client.with(await newToken('read:user')).delete('/v1/users/1');
      expect(status).toBe(403);
      expect(body).toEqual({ error: 'access_denied', error_description: expect.any(String) });
      expect(headers.get('www-authenticate')).toMatch(
        /^Bearer realm="chatkitty", error="insufficient_scope", .*scope="read:user delete:user"$/,
      );
    });

    it('lets a wildcard stand for all scopes of its verb, and for none of another', async () => {
      const reader = test.client.with(await newToken('read:*'));
      expect((await reader.get('/v1/channels')).status).toBe(200);
      expect((await reader.post('/v1/users', { name: 'x', displayName: 'X' })).status).toBe(403);
    });

    it('ends with its application', async () => {
      const doomed = await test.app.get(ApplicationsService).create('Doomed');
      const basic = `${doomed.clientId}:${doomed.clientSecret}`;
      const token = (await tokenBy({ basic, form: GRANT })).body.access_token as string;
      expect((await test.client.with(token).delete(`/v1/application?confirm=${doomed.key}`)).status).toBe(200);
      expect((await application(token)).status).toBe(401);
      expect((await tokenBy({ basic, form: GRANT })).body.error).toBe('invalid_client');
    });
  });
});
