import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { Answer } from '../support/answer.js';
import { RequestOptions } from '../support/client.js';
import { OVERVIEW } from '../support/overview.js';
import { documentedOperations, Samples } from '../support/samples.js';

const SNAKE = 'application/vnd.chatkitty+json';
const JSON_TYPE = 'application/json; charset=utf-8';

describe('HTTP', () => {
  let test: TestApp;
  let user: { id: number; name: string };
  beforeAll(async () => {
    test = await startApp();
    user = await test.make.user({ name: 'jdoe', displayName: 'J. Doe' });
  });
  afterAll(() => test.close());

  const send = (method: string, path: string, options?: RequestOptions): Promise<Answer> =>
    test.client.request(method, path.replace('{id}', String(user.id)), options);

  const KINDS: [string, number, string, string, RequestOptions?][] = [
    ['a resource', 200, 'GET', '/v1/users/{id}'],
    ['a page', 200, 'GET', '/v1/users'],
    ['an answer without a body', 200, 'HEAD', '/v1/users?name=jdoe'],
    ['a write', 200, 'PATCH', '/v1/users/{id}', { body: {} }],
    ['the redirect to the application', 307, 'GET', '/v1/applications/me/users'],
    ['a refused field', 400, 'POST', '/v1/users', { body: {} }],
    ['a refused query', 400, 'GET', '/v1/users?page=x'],
    ['a refused id', 400, 'GET', '/v1/users/x'],
    ['malformed JSON', 400, 'POST', '/v1/users', { body: '{' }],
    ['a path that cannot be decoded', 400, 'GET', '/v1/users/%E0%A4%A'],
    ['a missing token', 401, 'GET', '/v1/users', { headers: { authorization: '' } }],
    ['a resource that there is not', 404, 'GET', '/v1/users/9007199254740991'],
    ['a user that there is not', 404, 'HEAD', '/v1/users?name=nobody'],
    ['a path that there is not', 404, 'GET', '/v1/nothing'],
    ['a path that is too long', 404, 'GET', `/v1/picture/${'x'.repeat(4_097)}`],
    ["another application's path", 404, 'GET', '/v1/applications/999999/users'],
    ['a verb that there is not', 405, 'PUT', '/v1/users/{id}', { body: {} }],
    ['a representation that there is not', 406, 'GET', '/v1/users', { headers: { accept: 'text/html' } }],
    ['a body that is too large', 413, 'POST', '/v1/users', { body: ' '.repeat(1_048_577) }],
    ['a body of an unknown type', 415, 'POST', '/v1/users', { body: 'x', headers: { 'content-type': 'text/plain' } }],
    ['the root', 200, 'GET', '/'],
    ['the root of the version', 200, 'GET', '/v1'],
    ['the health', 200, 'GET', '/health'],
    ['the metrics', 200, 'GET', '/metrics'],
    ['the document', 200, 'GET', '/openapi.json'],
    ['the documentation', 200, 'GET', '/docs'],
    ['a refused token request', 401, 'POST', '/oauth/token', { headers: { authorization: '' } }],
    ['the OAuth metadata', 200, 'GET', '/.well-known/oauth-authorization-server'],
  ];

  describe('the headers of the overview', () => {
    it.each(KINDS)('come with %s (%d)', async (_, status, method, path, ...options) => {
      const { status: got, headers } = await send(method, path, ...options);
      expect(got).toBe(status);
      expect(Object.fromEntries(headers)).toMatchObject(OVERVIEW);
      expect(headers.get('x-response-token')).toMatch(/^[0-9A-F]{32}$/);
      expect(headers.get('date')).toMatch(/ GMT$/);
    });

    it.each(['/v1/picture/Ada', '/docs/assets/swagger-ui.css'])(
      'let browsers keep %s, and are else the same',
      async (path) => {
        const { status, headers } = await test.client.with('').get(path);
        expect(status).toBe(200);
        expect(Object.fromEntries(headers)).toMatchObject({ ...OVERVIEW, 'cache-control': 'public, max-age=86400' });
      },
    );

    it('come as the overview spells them, with one line for each part of vary', async () => {
      const { rawHeaders } = await raw('HEAD', '/');
      const lines = pairs(rawHeaders);
      expect(lines.filter(([name]) => name === 'vary').map(([, value]) => value)).toEqual(OVERVIEW.vary.split(', '));
      expect(lines).toContainEqual(['content-type', JSON_TYPE]);
      expect(lines.find(([name]) => name === 'content-length')?.[1]).toMatch(/^[1-9][0-9]+$/);
    });

    it('tell each answer from all others', async () => {
      const answers = await Promise.all(Array.from({ length: 300 }, () => test.client.head('/')));
      expect(new Set(answers.map(({ headers }) => headers.get('x-response-token'))).size).toBe(300);
    });

    it('take no token from the caller', async () => {
      const { headers } = await test.client.get('/', {
        headers: { 'x-response-token': 'A'.repeat(32), 'request-id': 'x' },
      });
      expect(headers.get('x-response-token')).not.toBe('A'.repeat(32));
    });
  });

  describe('the representation', () => {
    it.each([
      ['application/json', JSON_TYPE, 'displayName'],
      ['application/hal+json', 'application/hal+json; charset=utf-8', 'displayName'],
      ['application/vnd.hal+json', 'application/vnd.hal+json; charset=utf-8', 'displayName'],
      ['application/vnd.chatkitty.v1+json', 'application/vnd.chatkitty.v1+json; charset=utf-8', 'displayName'],
      [SNAKE, `${SNAKE}; charset=utf-8`, 'display_name'],
      [`${SNAKE},*/*;q=0.8`, `${SNAKE}; charset=utf-8`, 'display_name'],
      ['*/*', JSON_TYPE, 'displayName'],
      ['text/html, application/json;q=0.5', JSON_TYPE, 'displayName'],
    ])('for %s is %s', async (accept, type, field) => {
      const { status, headers, body } = await send('GET', '/v1/users/{id}', { headers: { accept } });
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe(type);
      expect(body[field]).toBe('J. Doe');
      expect(Object.keys(body)).toContain('isGuest');
    });

    it.each([
      ['application/json', JSON_TYPE, 'display_name'],
      ['application/hal+json', 'application/hal+json; charset=utf-8', 'display_name'],
      [SNAKE, `${SNAKE}; charset=utf-8`, 'display_name'],
      ['application/vnd.chatkitty.v1+json', 'application/vnd.chatkitty.v1+json; charset=utf-8', 'displayName'],
      ['*/*', JSON_TYPE, 'display_name'],
      ['', JSON_TYPE, 'display_name'],
      ['text/html, application/json;q=0.5', JSON_TYPE, 'display_name'],
    ])('for %j on a path without a version is %s, with the field %s', async (accept, type, field) => {
      const { headers, body } = await send('GET', '/users/{id}', { headers: { accept } });
      expect(headers.get('content-type')).toBe(type);
      expect(body[field]).toBe('J. Doe');
      expect(Object.keys(body)).toContain('isGuest');
      expect(body._links.self.href).toBe(`${test.url}/users/${user.id}`);
    });

    it('is the same for both addresses with a version', async () => {
      const canonical = `/v1/applications/${test.application.applicationId}/users/{id}`;
      for (const [accept, field] of [
        ['*/*', 'displayName'],
        [SNAKE, 'display_name'],
      ] as const)
        expect((await send('GET', canonical, { headers: { accept } })).body[field]).toBe('J. Doe');
    });

    it('without a version has pages in snake_case as well', async () => {
      const { body } = await send('GET', '/users?size=1');
      expect(body.page).toEqual({ size: 1, total_elements: 1, total_pages: 1, number: 0 });
      expect(body._embedded.users[0]).toMatchObject({ display_name: 'J. Doe', isGuest: false });
    });

    it.each(['text/html', 'application/xml', 'application/json;q=0'])(
      'for %s cannot be made, and nothing is done',
      async (accept) => {
        const { status, body } = await send('DELETE', '/v1/users/{id}', { headers: { accept } });
        expect(status).toBe(406);
        expect(body).toMatchObject({ error: 'NotAcceptableError', explanation: expect.stringContaining(SNAKE) });
        expect((await send('GET', '/v1/users/{id}')).status).toBe(200);
      },
    );

    it('of a refusal names fields in the casing that is asked for, and unknown ones as they were written', async () => {
      const { body } = await send('POST', '/v1/users', {
        body: { name: 'x', firstName: 'X' },
        headers: { accept: SNAKE, 'idempotency-key': 'k' },
      });
      expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(['display_name', 'firstName']);
      expect(body.explanation).toBe('firstName is not a known field; display_name is required');
    });

    it.each([
      ['/v1/users', '*/*', 'displayName'],
      ['/v1/users', SNAKE, 'display_name'],
      ['/users', '*/*', 'display_name'],
      ['/users', 'text/plain, */*', 'display_name'],
      ['/users', 'application/vnd.chatkitty.v1+json', 'displayName'],
    ])('of a refusal at %s for %s names %s', async (path, accept, field) => {
      const { status, body } = await send('POST', path, { body: { name: 'x' }, headers: { accept } });
      expect(status).toBe(400);
      expect(body.errors).toEqual([expect.objectContaining({ field, code: 'missing_field' })]);
    });

    it.each(['startTime', 'start_time'])('of a refusal names the parameter %s as it was written', async (name) => {
      for (const path of ['/channels', '/v1/channels']) {
        const { status, body } = await send('GET', `${path}?${name}=yesterday`);
        expect([status, body.errors.map((error: { field: string }) => error.field)]).toEqual([400, [name]]);
      }
    });
  });

  describe('verbs', () => {
    it('HEAD answers what GET would, without the body', async () => {
      const samples = new Samples(test.client, test.app);
      const addresses = ['/', '/v1', '/health', '/docs', '/openapi.json', '/v1/picture/Ada'];
      for (const operation of await documentedOperations(test.client))
        // Of users, HEAD says whether there is one with a name.
        if (operation.method === 'GET' && operation.id !== 'list-users')
          addresses.push((await samples.of(operation)).path);
      for (const address of addresses) {
        const [get, head] = [await send('GET', address), await send('HEAD', address)];
        expect([address, head.status, head.body]).toEqual([address, 200, '']);
        // How long the database took to answer is told in as many digits as it needs.
        for (const name of address === '/health' ? ['content-type'] : ['content-type', 'content-length'])
          expect([address, head.headers.get(name)]).toEqual([address, get.headers.get(name)]);
      }
    });

    it.each([
      ['PUT', '/v1/users', 'GET, HEAD, POST'],
      ['PUT', '/v1/users/{id}', 'DELETE, GET, HEAD, PATCH'],
      ['PUT', '/v1/users/{id}/', 'DELETE, GET, HEAD, PATCH'],
      ['POST', '/users/{id}?x=1', 'DELETE, GET, HEAD, PATCH'],
      ['DELETE', '/v1/applications/{app}/users', 'GET, HEAD, POST'],
      ['POST', '/v1/application', 'DELETE, GET, HEAD'],
      ['GET', '/oauth/token', 'POST'],
      ['POST', '/health', 'GET, HEAD'],
      ['OPTIONS', '/v1/users', 'GET, HEAD, POST'],
    ])('%s %s is refused, with what there is: %s', async (method, path, allowed) => {
      const { status, headers, body } = await send(
        method,
        path.replace('{app}', String(test.application.applicationId)),
      );
      expect(status).toBe(405);
      expect(headers.get('allow')).toBe(allowed);
      expect(body).toMatchObject({ error: 'MethodNotAllowedError', explanation: expect.stringContaining(allowed) });
    });

    it('do the same with a slash at the end', async () => {
      const [without, withSlash] = [await send('GET', '/v1/users?size=1'), await send('GET', '/v1/users/?size=1')];
      expect(withSlash.body).toEqual(without.body);
    });
  });

  describe('bodies', () => {
    const user = (name: string) => ({ name, displayName: 'By Type' });

    it.each([
      'application/json',
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/vnd.chatkitty+json',
      'application/vnd.chatkitty.v1+json',
      'application/json+merge-patch',
      'application/merge-patch+json',
    ])('are taken as %s', async (type) => {
      const { status, body } = await send('POST', '/v1/users', { body: user(type), headers: { 'content-type': type } });
      expect([status, body.name]).toEqual([200, type]);
    });

    it('are understood in both casings, under any type', async () => {
      for (const [index, type] of ['application/json', SNAKE].entries()) {
        const given = { name: `casing-${index}`, display_name: 'Snake', is_guest: true };
        const { body } = await send('POST', '/v1/users', { body: given, headers: { 'content-type': type } });
        expect(body).toMatchObject({ displayName: 'Snake', isGuest: true });
      }
    });

    it.each([
      ['/v1/users', {}, 'camel'],
      ['/users', {}, 'snake'],
      ['/v1/users', { 'content-type': SNAKE }, 'snake'],
      ['/users', { 'content-type': 'application/vnd.chatkitty.v1+json' }, 'camel'],
      ['/v1/users', { accept: SNAKE }, 'snake'],
    ])('that have a field in both casings, sent to %s with %j, count in %s', async (path, headers, native) => {
      for (const order of ['camel first', 'snake first']) {
        const spelled = [
          ['displayName', 'camel'],
          ['display_name', 'snake'],
          ['guest', native === 'camel'],
          ['isGuest', native === 'camel'],
          ['is_guest', native === 'snake'],
        ];
        if (order === 'snake first') spelled.reverse();
        const given = { name: `${path} ${JSON.stringify(headers)} ${order}`, ...Object.fromEntries(spelled) };
        const { status, body } = await send('POST', path, { body: given, headers });
        expect([status, body.display_name ?? body.displayName, body.isGuest]).toEqual([200, native, true]);
      }
    });

    it('that are forms count by the path in the same way', async () => {
      const channel = await test.make.channel();
      for (const [path, field, expected] of [
        ['/v1/channels', 'groupTag', 'camel'],
        ['/channels', 'group_tag', 'snake'],
      ] as const) {
        const fields = { groupTag: 'camel', group_tag: 'snake' };
        const { status, body } = await test.client.upload(`${path}/${channel.id}/messages`, new Blob(['x']), fields);
        expect([status, body[field]]).toEqual([200, expected]);
      }
    });

    it('are taken from the curl line of the overview, which calls JSON a form', async () => {
      const { status, body } = await send('POST', '/v1/channels', {
        body: '{"type":"PUBLIC","name":"daily-discussion"}',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect([status, body.name]).toEqual([200, 'daily-discussion']);
    });

    it.each([
      'text/plain',
      'text/html',
      'application/xml',
      'application/hal+json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'multipart/mixed; boundary=x',
      'nonsense',
    ])('of the type %s are refused with what is accepted', async (type) => {
      for (const [method, path] of [
        ['POST', '/v1/users'],
        ['PATCH', '/v1/users/{id}'],
        ['PUT', '/v1/application/settings'],
      ]) {
        const body = '--x\r\ncontent-disposition: form-data; name="displayName"\r\n\r\nBy Form\r\n--x--\r\n';
        const answer = await send(method!, path!, { body, headers: { 'content-type': type } });
        expect([method, answer.status]).toEqual([method, 415]);
        expect(answer.headers.get('accept')).toContain('application/json');
        expect(answer.body).toMatchObject({
          error: 'UnsupportedMediaTypeError',
          explanation: expect.stringContaining(SNAKE),
        });
      }
      expect((await send('GET', '/v1/users/{id}')).body.displayName).toBe('J. Doe');
    });

    it('that are not there may have any type, as the libraries of published clients send it', async () => {
      const doomed = await test.make.user();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await send('PATCH', '/v1/users/{id}', { body: '', headers })).status).toBe(200);
      expect((await send('DELETE', `/v1/users/${doomed.id}`, { body: '', headers })).status).toBe(200);
    });
  });

  /** What fetch does not show, or does not let one choose. */
  function raw(method: string, path: string): Promise<{ rawHeaders: string[] }> {
    return new Promise((resolve, reject) => {
      request(test.url + path, { method }, (response) => {
        response.resume().on('end', () => resolve({ rawHeaders: response.rawHeaders }));
      })
        .on('error', reject)
        .end();
    });
  }
});

function pairs(rawHeaders: string[]): [string, string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 ? [] : [[name, rawHeaders[index + 1]!] as [string, string]]));
}
