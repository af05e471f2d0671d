import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { buildDocuments, Documents, EXAMPLE_URL } from '../../src/openapi/document.js';
import { startApp, TestApp } from '../support/app.js';
import { notified } from '../support/notifications.js';
import { DocumentedOperation, documentedOperations, Samples } from '../support/samples.js';

type Node = Record<string, any>;

const SNAKE = 'application/vnd.chatkitty+json';
/** What tenants put in is theirs to spell. Events carry data in the one form that webhooks are told it. */
const TENANT_DATA = ['properties', 'secret', 'data'];

const committed = (name: string): Node =>
  JSON.parse(readFileSync(new URL(`../../src/openapi/documents/${name}`, import.meta.url), 'utf8')) as Node;

describe('the OpenAPI documents', () => {
  let test: TestApp;
  let built: Documents;
  let operations: DocumentedOperation[];
  beforeAll(async () => {
    test = await startApp();
    built = buildDocuments(test.app, EXAMPLE_URL);
    operations = await documentedOperations(test.client);
  });
  afterAll(() => test.close());

  const both = (): [string, Node][] => Object.entries(built);
  const schemasOf = (document: Node): [string, Node][] => Object.entries(document.components.schemas as Node);

  it('are committed as the code builds them (npm run openapi writes them)', () => {
    expect(committed('openapi.json')).toEqual(built.v1);
    expect(committed('openapi.v2.json')).toEqual(built.v2);
  });

  it('are served, to anybody, with the address of this server', async () => {
    for (const [path, document] of [
      ['/openapi.json', built.v1],
      ['/openapi.v2.json', built.v2],
    ] as const) {
      const { status, body } = await test.client.with('').get(path);
      expect(status).toBe(200);
      expect(body.servers).toEqual([{ url: test.url }]);
      const local = JSON.stringify(document).replaceAll(EXAMPLE_URL, test.url);
      expect(body).toEqual(JSON.parse(local));
    }
  });

  it('refer to nothing that they do not have', () => {
    for (const [name, document] of both())
      for (const [path, node] of nodesOf(document))
        for (const reference of [
          node.$ref,
          ...Object.values((node.discriminator as Node | undefined)?.mapping ?? {}),
        ]) {
          if (typeof reference !== 'string') continue;
          const target = reference
            .replace(/^#\//, '')
            .split('/')
            .reduce<any>((at, part) => at?.[part], document);
          expect([name, path, reference, typeof target]).toEqual([name, path, reference, 'object']);
        }
  });

  it('say of every object whether it may have more than is declared', () => {
    for (const [name, document] of both())
      for (const [path, node] of nodesOf(document.components.schemas as Node))
        if (node.type === 'object' && !node.oneOf)
          expect([name, path, node.additionalProperties]).not.toEqual([name, path, undefined]);
  });

  it('require of objects only what they have', () => {
    for (const [name, document] of both())
      for (const [path, node] of nodesOf(document.components.schemas as Node))
        for (const field of Array.isArray(node.required) ? (node.required as string[]) : [])
          expect([name, path, Object.keys(node.properties as Node)]).toEqual([
            name,
            path,
            expect.arrayContaining([field]),
          ]);
  });

  it('describe every field and every parameter', () => {
    for (const [name, document] of both()) {
      for (const [schema, { properties }] of schemasOf(document))
        for (const [field, { description, $ref, allOf }] of Object.entries<Node>((properties ?? {}) as Node))
          if (!schema.includes('Page') && schema !== 'Link' && !field.startsWith('_') && !$ref)
            expect([name, schema, field, description ?? allOf]).toEqual([name, schema, field, expect.anything()]);
      for (const [path, { in: place, description, name: parameter }] of nodesOf(document.paths as Node))
        if (place && parameter)
          expect([path, parameter, description]).toEqual([path, parameter, expect.stringMatching(/\S/)]);
    }
  });

  it('give examples that are valid', () => {
    let checked = 0;
    for (const [name, document] of both()) {
      const ajv = validator(document);
      for (const [path, { example, ...schema }] of nodesOf(document))
        if (example !== undefined && !path.endsWith('/properties')) {
          const validate = ajv.compile(absolute(schema));
          expect([name, path, example, validate(example), validate.errors]).toEqual([name, path, example, true, null]);
          checked++;
        }
    }
    expect(checked).toBeGreaterThan(10);
  });

  it('name the fields of the API without a version in snake_case, but for isGuest', () => {
    for (const [path, node] of nodesOf(built.v2.components as Node))
      if (typeof node.properties === 'object' && node.type === 'object')
        for (const field of [...Object.keys(node.properties as Node), ...((node.required ?? []) as string[])])
          if (field !== 'isGuest') expect([path, field]).toEqual([path, field.toLowerCase()]);
  });

  it('have in both APIs the same operations, which differ in path, media type and spelling', () => {
    const outline = (document: Node) =>
      Object.entries<Node>(document.paths as Node).flatMap(([path, methods]) =>
        Object.entries<Node>(methods).map(([method, { operationId, security, parameters, responses }]) => ({
          path: path.replace(/^\/v1/, ''),
          method,
          operationId,
          security,
          parameters,
          statuses: Object.keys(responses as Node),
        })),
      );
    expect(outline(built.v2)).toEqual(outline(built.v1));
    expect(Object.keys(built.v1.paths as Node).every((path) => path.startsWith('/v1/'))).toBe(true);
    expect(Object.keys(built.v2.paths as Node).some((path) => path.startsWith('/v1/'))).toBe(false);
  });

  it('document every answer that any operation may give', () => {
    for (const [name, document] of both())
      for (const [path, methods] of Object.entries<Node>(document.paths as Node))
        for (const [method, { responses, requestBody }] of Object.entries<Node>(methods)) {
          const [success] = Object.keys(responses as Node);
          expect(['200', '202']).toContain(success);
          const expected = [
            success,
            '400',
            '401',
            '403',
            '404',
            '406',
            ...(requestBody ? ['413', '415'] : []),
            '429',
            '500',
          ];
          // Only these depend on what the operator has configured.
          if (path.includes('/secrets/')) expected.push('503');
          expect([name, method, path, Object.keys(responses as Node)]).toEqual([name, method, path, expected]);
        }
  });

  describe('hold for what is answered in snake_case,', () => {
    /** Whatever is answered has to be what the document says, with nothing more. */
    function expectValid({ id, method, path, status }: DocumentedOperation, body: unknown): void {
      const operation = (built.v2.paths as Node)[path.replace(/^\/v1/, '')][method.toLowerCase()];
      const validate = validator(built.v2).compile(absolute(operation.responses[String(status)].content[SNAKE].schema));
      expect([id, validate(body), validate.errors]).toEqual([id, true, null]);
    }

    it('by every operation', async () => {
      const samples = new Samples(test.stranger, test.app);
      const isLast = ({ id }: DocumentedOperation) => Number(id === 'delete-authenticated-application');
      for (const operation of [...operations].sort((a, b) => isLast(a) - isLast(b))) {
        const { method, path, body } = await samples.of(operation);
        const answer = await test.stranger.request(method, path, { body, headers: { accept: SNAKE } });
        expect([operation.id, answer.status]).toEqual([operation.id, operation.status]);
        if (method === 'HEAD' || operation.isFile) continue;
        expect(answer.headers.get('content-type')).toContain(SNAKE);
        expectValid(operation, answer.body);
        expect([operation.id, camelIn(answer.body)]).toEqual([operation.id, []]);
      }
    });

    it('by lists of everything that there can be', async () => {
      const [ann, bob] = [
        await test.make.user({ properties: { camelCase: { innerCase: 1 } } }),
        await test.make.user(),
      ];
      const channel = await test.make.channel({ members: [ann, bob], name: 'full', creator: { id: ann.id } });
      await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
      const message = await test.make.message(channel, `https://example.org <@${ann.name}> <#full>`, ann);
      await test.make.reply(message, 'A reply', bob);
      await test.client.patch(`/v1/messages/${message.id}`, {
        body: `Now for <@${bob.name}>`,
        properties: { someKey: 1 },
      });
      const file = { url: 'https://example.org/a.png', name: 'a.png', contentType: 'image/png', size: 7 };
      await test.client.post(`/v1/channels/${channel.id}/messages`, { type: 'FILE', file, groupTag: 'g' });
      for (const path of ['/users', '/channels', '/messages'])
        for (const family of ['', '/v1']) {
          const { body } = await test.client.get(family + path, { headers: { accept: SNAKE } });
          const key = path.slice(1);
          expect(body._embedded[key].length).toBeGreaterThan(1);
          expectValid(
            operations.find(({ id }) => id === `list-${key}`)!,
            body,
          );
          expect([path, camelIn(body)]).toEqual([path, []]);
        }
      await notified(test);
      const { body: told } = await test.client.get(`/users/${bob.id}/notifications`, { headers: { accept: SNAKE } });
      expect(told._embedded.notifications.length).toBeGreaterThan(1);
      expectValid(
        operations.find(({ id }) => id === 'list-user-notifications')!,
        told,
      );
      expect(camelIn(told)).toEqual([]);
      expect((await test.client.get(`/users/${ann.id}`)).body.properties).toEqual({ camelCase: { innerCase: 1 } });
    });
  });
});

/** Every object in a document, with where it stands. */
function* nodesOf(node: Node, path = ''): Generator<[string, Node]> {
  yield [path, node];
  for (const [key, part] of Object.entries<unknown>(node))
    if (typeof part === 'object' && part !== null && key !== 'example') yield* nodesOf(part, `${path}/${key}`);
}

/** Every name with a capital in it, outside of links and what tenants wrote. */
function camelIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    if (key === '_links' || TENANT_DATA.includes(key)) return [];
    return [...(/[A-Z]/.test(key) && key !== 'isGuest' ? [key] : []), ...camelIn(part)];
  });
}

function validator(document: Node): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
  ajv.addFormat('int32', { type: 'number', validate: Number.isInteger });
  return ajv.addSchema(document, 'document');
}

/** The same schema with references that hold outside of the document. */
const absolute = (schema: Node): Node =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')) as Node;
