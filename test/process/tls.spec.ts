import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';

const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

describe('a server with a certificate', () => {
  let files: EmptyDatabase;
  let folder: string;
  let server: ServerProcess;
  let ca: Buffer;
  let token: string;
  const sessions: ClientHttp2Session[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ]);
    ca = await readFile(cert);
    files = await emptyDatabase();
    server = await ServerProcess.start({
      ...CREDENTIALS,
      HOST: 'localhost',
      DATABASE_URL: files.url,
      TLS_CERT_FILE: cert,
      TLS_KEY_FILE: key,
    });
    const { BOOTSTRAP_CLIENT_ID: id, BOOTSTRAP_CLIENT_SECRET: secret } = CREDENTIALS;
    const { body } = await http1('POST', '/oauth/token', {
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    token = (JSON.parse(body) as { access_token: string }).access_token;
  });
  afterAll(async () => {
    for (const session of sessions) session.destroy();
    await ServerProcess.endAll();
    await files.remove();
    await rm(folder, { recursive: true, force: true });
  });

  interface Given {
    headers?: Record<string, string>;
    body?: string;
  }
  const http1 = (method: string, path: string, { headers = {}, body = '' }: Given = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const sent = { ...headers, ...(body && { 'content-length': String(Buffer.byteLength(body)) }) };
      request(server.url + path, { method, ca, headers: sent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      })
        .on('error', reject)
        .end(body);
    });
  const open = async (): Promise<ClientHttp2Session> => {
    const session = connect(server.url, { ca });
    sessions.push(session);
    await new Promise<void>((resolve, reject) => {
      session.once('connect', () => resolve());
      session.on('error', reject);
    });
    return session;
  };
  const http2 = (session: ClientHttp2Session, headers: OutgoingHttpHeaders, body = '') =>
    new Promise<Answer>((resolve, reject) => {
      const stream = session.request(headers);
      let received: Record<string, unknown> = {};
      let text = '';
      stream.on('response', (given) => (received = given)).on('error', reject);
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => resolve({ status: Number(received[':status']), headers: received, body: text }));
      if (body) stream.end(body);
    });
  const withToken = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });

  it('says that it is reached by https', () => {
    expect(server.url).toMatch(/^https:\/\/localhost:\d+$/);
  });

  it('speaks HTTP/1.1', async () => {
    const { status, body } = await http1('GET', '/v1/application', { headers: withToken() });
    expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ name: 'operator' })]);
    expect(body).toContain(`"href":"${server.url}/v1/applications/`);
    expect((await http1('GET', '/health')).status).toBe(200);
  });

  it('speaks HTTP/2, many requests at a time over one connection', async () => {
    const session = await open();
    expect(session.alpnProtocol).toBe('h2');
    expect((await http2(session, { ':path': '/health' })).status).toBe(200);
    const users = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        http2(
          session,
          { ':method': 'POST', ':path': '/v1/users', ...withToken() },
          JSON.stringify({ name: `user ${index}`, displayName: 'User' }),
        ),
      ),
    );
    expect(users.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    const { headers, body } = await http2(session, { ':path': '/v1/users?size=3', ...withToken() });
    expect(headers['x-response-token']).toMatch(/^[0-9A-F]{32}$/);
    const page = JSON.parse(body) as { _links: Record<string, { href: string }>; page: { totalElements: number } };
    expect(page.page.totalElements).toBe(10);
    const next = page._links.next!.href.slice(server.url.length);
    expect((await http2(session, { ':path': next, ...withToken() })).status).toBe(200);
    expect((await http2(session, { ':path': '/v1/users' })).status).toBe(401);
    expect((await http2(session, { ':path': '/nowhere' })).status).toBe(404);
  });

  it('speaks to nobody who does not speak TLS', async () => {
    await expect(fetch(server.url.replace('https:', 'http:'))).rejects.toThrow();
  });

  it('ends in time though a client keeps an HTTP/2 connection', async () => {
    const session = await open();
    expect((await http2(session, { ':path': '/health' })).status).toBe(200);
    const begin = Date.now();
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(Date.now() - begin).toBeLessThan(5_000);
  });
});
