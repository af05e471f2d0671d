import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { OVERVIEW } from '../support/overview.js';

const origin = 'https://dashboard.example.org';

describe('requests from browsers where no origins are configured', () => {
  it('are answered like any other', async () => {
    const test = await startApp();
    const { status, headers } = await test.client.get('/v1/users', { headers: { origin } });
    await test.close();
    expect(status).toBe(200);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('requests from browsers', () => {
  let dashboard: TestApp;
  beforeAll(async () => {
    dashboard = await startApp({ CORS_ORIGINS: `${origin}, https://admin.example.org` });
  });
  afterAll(() => dashboard.close());

  it('are let in from a configured origin, with the headers of the overview', async () => {
    const { status, headers } = await dashboard.client.get('/v1/users', { headers: { origin } });
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-expose-headers')).toMatch(/Location.*X-Response-Token/);
    expect(Object.fromEntries(headers)).toMatchObject(OVERVIEW);
  });

  it('may ask beforehand', async () => {
    const headers = {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization',
    };
    const answer = await dashboard.client.with('').request('OPTIONS', '/v1/users/1', { headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    for (const verb of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
      expect(answer.headers.get('access-control-allow-methods')).toContain(verb);
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Content-Type.*Idempotency-Key/);
    expect(Object.fromEntries(answer.headers)).toMatchObject(OVERVIEW);
  });

  it('see why they were refused', async () => {
    const { status, headers } = await dashboard.client.with('').get('/v1/users', { headers: { origin } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([401, origin]);
  });

  it.each([
    'https://evil.example.org',
    'https://dashboard.example.org.evil.example',
    'http://dashboard.example.org',
    'null',
  ])('are not let in from %s', async (other) => {
    const headers = { origin: other, 'access-control-request-method': 'GET' };
    const answers = [
      await dashboard.client.get('/v1/users', { headers }),
      await dashboard.client.request('OPTIONS', '/v1/users', { headers }),
    ];
    for (const answer of answers) expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may use OPTIONS for anything', async () => {
    expect((await dashboard.client.request('OPTIONS', '/v1/users')).status).toBe(204);
  });
});
