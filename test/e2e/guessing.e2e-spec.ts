import { afterEach, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';

describe('guessing the secret of a client', () => {
  let test: TestApp;
  afterEach(() => test.close());

  const ask = async (clientId: string, clientSecret: string, path = 'token', headers: Record<string, string> = {}) => {
    const response = await fetch(`${test.url}/oauth/${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`, ...headers },
      body: new URLSearchParams({ grant_type: 'client_credentials', token: 'any' }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as { error?: string } };
  };

  it('is slowed down after some failures, whichever endpoint is asked, even for the right secret', async () => {
    test = await startApp({ OAUTH_FAILURES_PER_MINUTE: '3' });
    const { clientId, clientSecret } = test.application;
    for (const path of ['token', 'revoke', 'introspect']) expect((await ask(clientId, 'wrong', path)).status).toBe(401);
    for (const path of ['token', 'revoke', 'introspect'])
      for (const secret of ['wrong', clientSecret]) {
        const { status, headers, body } = await ask(clientId, secret, path);
        expect([path, status, body.error]).toEqual([path, 429, 'temporarily_unavailable']);
        const wait = Number(headers.get('retry-after'));
        expect(wait > 0 && wait <= 60).toBe(true);
      }
    expect((await test.client.get('/metrics')).body).toContain('limited_requests_total{limit="credentials"} 6');
    // Tokens that were given out before are as good as ever, and so are other clients.
    expect((await test.client.get('/v1/application')).status).toBe(200);
    expect((await ask('another', 'wrong')).status).toBe(401);
  });

  it('does not count what succeeds', async () => {
    test = await startApp({ OAUTH_FAILURES_PER_MINUTE: '2' });
    const { clientId, clientSecret } = test.application;
    for (let count = 0; count < 5; count++) expect((await ask(clientId, clientSecret)).status).toBe(200);
    expect((await ask(clientId, 'wrong')).status).toBe(401);
    expect((await ask(clientId, clientSecret)).status).toBe(200);
  });

  it('of many clients is slowed down by address', async () => {
    test = await startApp({ OAUTH_FAILURES_PER_MINUTE: '2' });
    for (let count = 0; count < 10; count++) expect((await ask(`client ${count}`, 'wrong')).status).toBe(401);
    expect((await ask('yet another', 'wrong')).status).toBe(429);
  });

  it('is told apart by the addresses that a trusted proxy names, and by no other word', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    test = await startApp({ OAUTH_FAILURES_PER_MINUTE: '1', TRUST_PROXY: '127.0.0.1' });
    expect((await ask('client', 'wrong', 'token', from('198.51.100.1'))).status).toBe(401);
    expect((await ask('client', 'wrong', 'token', from('198.51.100.1'))).status).toBe(429);
    expect((await ask('client', 'wrong', 'token', from('198.51.100.2'))).status).toBe(401);
    await test.close();
    test = await startApp({ OAUTH_FAILURES_PER_MINUTE: '1' });
    expect((await ask('client', 'wrong', 'token', from('198.51.100.1'))).status).toBe(401);
    expect((await ask('client', 'wrong', 'token', from('198.51.100.2'))).status).toBe(429);
  });
});
