import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel } from '../support/make.js';
import { expectRefusal, writingNothing } from '../support/refusals.js';
import { DocumentedOperation, documentedOperations, filled, Sample, Samples } from '../support/samples.js';

interface Problem {
  field: string;
  code: string;
}

const BIG = 9_007_199_254_740_992;
const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);

describe('bad input', () => {
  let test: TestApp;
  let channel: MadeChannel;
  let writes: { operation: DocumentedOperation; sample: Sample }[];
  let all: { operation: DocumentedOperation; sample: Sample }[];
  beforeAll(async () => {
    test = await startApp();
    channel = await test.make.channel({ name: 'the channel' });
    const samples = new Samples(test.client, test.app);
    const operations = (await documentedOperations(test.client)).filter(({ takesBody }) => takesBody);
    all = await Promise.all(operations.map(async (operation) => ({ operation, sample: await samples.of(operation) })));
    // Files that are imported have specs of their own.
    writes = all.filter(({ sample }) => !(sample.body instanceof FormData));
  });
  afterAll(() => test.close());

  describe('as the body of any write is refused, and nothing is written:', () => {
    it.each<[string, string, string[]?]>([
      ['half of an object', '{"name":', ['body']],
      ['an unquoted key', '{name: "ada"}', ['body']],
      ['a comma too many', '{"name":"ada",}', ['body']],
      ['single quotes', "{'name':'ada'}", ['body']],
      ['two objects', '{}{}', ['body']],
      ['plain text', 'hello', ['body']],
      ['NaN', '{"size":NaN}', ['body']],
      ['a byte order mark inside', '{\uFEFF}', ['body']],
      ['a raw NUL', '{"name":"\0"}', ['body']],
      ['a list', '[]', ['body']],
      ['a list of objects', '[{"name":"ada","displayName":"Ada"}]', ['body']],
      ['a text', '"name"', ['body']],
      ['a number', '1', ['body']],
      ['true', 'true', ['body']],
      ['null', 'null', ['body']],
      ['a huge number', '1e999', ['body']],
      ['a prototype', '{"__proto__":{"isGuest":true}}', ['body']],
      ['an escaped prototype', '{"\\u005f_proto__":{"isGuest":true}}', ['body']],
      ["a constructor's prototype", '{"constructor":{"prototype":{"isGuest":true}}}', ['body']],
      ['a prototype in what tenants write', '{"properties":{"a":[{"__proto__":{}}]}}', ['body']],
      ['lists in lists, 10,000 deep', nested(10_000), ['body']],
      ['objects in objects, 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, ['body']],
      ['open brackets', '['.repeat(100_000), ['body']],
      ['properties that are 10,000 deep', `{"properties":{"a":${nested(10_000)}}}`, ['body']],
      ['a field of nobody', '{"nonsense":1}'],
      ['fields that every object has', '{"constructor":1,"toString":2,"hasOwnProperty":3}'],
      ['an empty field', '{"":1}'],
      ['a field of 100,000 letters', `{"${'x'.repeat(100_000)}":1}`],
      ['a field with half a character in its name', '{"\\ud83d":1}'],
      ['50,000 fields of nobody', `{${Array.from({ length: 50_000 }, (_, index) => `"f${index}":1`).join()}}`],
    ])('%s', async (what, body, ...[fields]) => {
      await writingNothing(test, async () => {
        for (const { operation, sample } of writes)
          expectRefusal([what, operation.id], await test.client.request(sample.method, sample.path, { body }), fields);
      });
    });

    it.each([
      ['a forbidden key', '{"name":"ada","__proto__":{}}', /^must not contain the keys __proto__ or/],
      ['broken JSON', '{"name":', /^is not valid JSON: ./],
    ])('%s, and says so', async (_, body, message) => {
      const answer = await test.client.request('POST', '/v1/users', { body });
      expect(answer.body.errors).toEqual([
        { resource: 'Request', field: 'body', code: 'invalid', message: expect.stringMatching(message) },
      ]);
    });

    it('more than a megabyte', async () => {
      const body = `{"name":"${'x'.repeat(1_048_576)}"}`;
      await writingNothing(test, async () => {
        for (const { operation, sample } of writes) {
          const answer = await test.client.request(sample.method, sample.path, { body });
          expect([operation.id, answer.status, answer.body.error]).toEqual([operation.id, 413, 'PayloadTooLargeError']);
          expect(answer.body.errors).toMatchObject([{ field: 'body', code: 'too_large' }]);
        }
      });
    });

    it('no body at all, where one is needed', async () => {
      for (const { operation, sample } of writes) {
        const answer = await test.client.request(sample.method, sample.path, { body: '' });
        if (!operation.needsBody) expect([operation.id, answer.status]).toEqual([operation.id, 200]);
        else expectRefusal(operation.id, answer, undefined, 'missing_field');
      }
    });

    it('any field of the wrong type, which is named', async () => {
      const wrong = [null, 0, 1.5, true, [], {}, [[]], 'x'.repeat(70_000)];
      await writingNothing(test, async () => {
        for (const { operation, sample } of writes)
          for (const field of Object.keys(sample.body as object))
            for (const value of wrong) {
              // No properties are properties too.
              if (field === 'properties' && JSON.stringify(value) === '{}') continue;
              // A secret is whatever it is.
              if (field === 'secret') continue;
              // Empty files, everything from the beginning on, and an old secret that ends at once.
              if (['size', 'after', 'overlapSeconds'].includes(field) && value === 0) continue;
              const body = { ...(sample.body as object), [field]: value };
              const answer = await test.client.request(sample.method, sample.path, { body });
              const what = [operation.id, field, JSON.stringify(value).slice(0, 20)];
              expectRefusal(what, answer, [field]);
            }
      });
    });
  });

  describe('is named field by field:', () => {
    it.each<[string, string, unknown, Problem[]]>([
      [
        'several at once',
        '/v1/users',
        { name: 5, displayName: '', isGuest: 'yes', properties: [], nonsense: 1 },
        [
          { field: 'nonsense', code: 'invalid' },
          { field: 'name', code: 'invalid' },
          { field: 'displayName', code: 'invalid' },
          { field: 'isGuest', code: 'invalid' },
          { field: 'properties', code: 'invalid' },
        ],
      ],
      [
        'in lists',
        '/v1/channels',
        { type: 'PUBLIC', members: [{ id: 1 }, { id: 'x' }, { id: 0 }, { id: BIG }] },
        [1, 2, 3].map((index) => ({ field: `members[${index}].id`, code: 'invalid' })),
      ],
      [
        'texts among objects',
        '/v1/channels',
        { type: 'PUBLIC', members: ['ada'] },
        [{ field: 'members', code: 'invalid' }],
      ],
      [
        'in objects',
        '/v1/channels',
        { type: 'PUBLIC', creator: { id: -1 } },
        [{ field: 'creator.id', code: 'invalid' }],
      ],
      [
        'in files',
        '/v1/channels/{channel}/messages',
        { type: 'FILE', file: { url: 'ftp://x', name: '', contentType: 'x', size: -1 } },
        ['url', 'name', 'contentType', 'size'].map((name) => ({ field: `file.${name}`, code: 'invalid' })),
      ],
      [
        'a set that JavaScript wrote',
        '/v1/channels',
        { type: 'DIRECT', members: {} },
        [{ field: 'members', code: 'invalid' }],
      ],
      ['an unknown kind', '/v1/channels', { type: 'OPEN' }, [{ field: 'type', code: 'invalid' }]],
      ['a kind that prototypes have', '/v1/channels', { type: 'constructor' }, [{ field: 'type', code: 'invalid' }]],
      ['no kind', '/v1/channels/{channel}/messages', { body: 'x' }, [{ field: 'type', code: 'missing_field' }]],
      ['nobody', '/v1/channels/{channel}/members', {}, [{ field: 'username', code: 'missing_field' }]],
    ])('%s', async (_, path, body, problems) => {
      await writingNothing(test, async () => {
        const answer = await test.client.post(path.replace('{channel}', String(channel.id)), body);
        expectRefusal(path, answer);
        expect(answer.body.errors).toEqual(
          expect.arrayContaining(problems.map((problem) => expect.objectContaining(problem))),
        );
      });
    });

    it('a set with what to do about it', async () => {
      const { body } = await test.client.post('/v1/channels', { type: 'DIRECT', members: {} });
      expect(body.explanation).toContain('a JavaScript Set serialises to {}');
    });
  });

  it.each(['x', '0', '00', '-1', '1.5', '1e3', '0x10', '١', ' 1', '1 ', String(BIG), '99999999999999999999', '1;DROP'])(
    'as an id, "%s" is refused by every operation',
    async (id) => {
      const operations = await documentedOperations(test.client);
      await writingNothing(test, async () => {
        for (const { id: operation, method, path } of operations)
          for (const name of path.match(/(?<=\{)\w+(?=\})/g) ?? []) {
            // Secrets have names of any kind.
            if (name === 'name') continue;
            const address = filled(path, { id: 1, user_id: 1, delivery_id: 1, [name]: encodeURIComponent(id) });
            const body = all.find((write) => write.operation.id === operation)?.sample.body;
            expectRefusal(operation, await test.client.request(method, address, { body }), [name]);
          }
      });
    },
  );

  it('twice in an object counts once: the last one, as JavaScript reads it', async () => {
    const { status, body } = await test.client.post('/v1/users', '{"name":"first","name":"last","displayName":"D"}');
    expect([status, body.name]).toEqual([200, 'last']);
    expect((await test.client.head('/v1/users?name=first')).status).toBe(404);
  });

  describe('of any kind', () => {
    const FIELDS =
      'type name username displayName display_name isGuest members creator user id href body file url size contentType presence status properties groupTag guestUsers features _links'.split(
        ' ',
      );
    const { body } = fc.letrec<{ value: unknown; body: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('PUBLIC', 'DIRECT', 'TEXT', 'FILE', 'ENABLED', 1, 0, BIG, -1, 1.5, '', null),
        fc.array(tie('value'), { maxLength: 3 }),
        tie('body'),
      ),
      body: fc.dictionary(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...FIELDS) }, fc.string()), tie('value'), {
        maxKeys: 5,
      }),
    }));

    it('is never our fault in a body', async () => {
      const arbitrary = fc.oneof({ weight: 5, arbitrary: body }, fc.jsonValue());
      await fc.assert(
        fc.asyncProperty(fc.nat(), arbitrary, fc.boolean(), async (pick, given, isMixed) => {
          const { operation, sample } = writes[pick % writes.length]!;
          const mixed = isMixed ? { ...(sample.body as object), ...(given as object) } : given;
          const { status } = await test.client.request(sample.method, sample.path, { body: JSON.stringify(mixed) });
          expect([operation.id, [200, 400, 404]]).toEqual([operation.id, expect.arrayContaining([status])]);
        }),
        { numRuns: 150 },
      );
    });

    it('is never our fault in a query', async () => {
      const reads = (await documentedOperations(test.client)).filter(({ method }) => method === 'GET');
      const position = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const value = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.jsonValue().map(position),
        fc.integer().map(String),
        fc.constantFrom('', '0', '-1', String(BIG), 'name,desc', 'id', 'SELF', 'NEXT', 'PREVIOUS', 'PUBLIC', '{"a":1}'),
        fc.constantFrom(
          '2024-05-01T00:00:00Z',
          '2024-05-01',
          '2024-13-45T99:99:99Z',
          position([1, 'a']),
          position([null]),
        ),
      );
      const query = fc.array(fc.tuple(fc.nat(), value), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(fc.nat(), query, async (pick, given) => {
          const { path, queryParameters } = reads[pick % reads.length]!;
          const names = [...queryParameters, 'nonsense'];
          const pairs = given.map(([name, text]) => `${names[name % names.length]}=${encodeURIComponent(text)}`);
          const address = `${filled(path, { id: 1 })}?${pairs.join('&')}`;
          const { status } = await test.client.get(address);
          expect([address, [200, 400, 404]]).toEqual([address, expect.arrayContaining([status])]);
        }),
        { numRuns: 150 },
      );
    });
  });
});
