import { existsSync, readFileSync } from 'node:fs';
import { RequestMethod, VERSION_NEUTRAL } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationsService, CreatedApplication } from '../../src/applications/applications.service.js';
import { OPERATION, OperationOptions } from '../../src/hal/operation.decorator.js';
import { startApp, TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { DocumentedOperation, documentedOperations, Samples } from '../support/samples.js';

/** A handler of a controller, as Nest registers it. */
interface Route {
  method: string;
  paths: string[];
  operation?: OperationOptions;
}

/** What may be asked without a token, and why. */
const PUBLIC: Record<string, string> = {
  'GET /': 'the root, which leads to everything else',
  'GET /v1': 'the root of the version',
  'GET /health': 'asked by whatever watches the server',
  'GET /metrics': 'asked by Prometheus',
  'GET /openapi.json': 'describes what anybody may know',
  'GET /openapi.v2.json': 'the same in snake_case',
  'GET /docs': 'shows the documents',
  'GET /docs/assets/{file}': 'files of that page',
  'GET /docs/start.js': 'the script of that page',
  'GET /rtm/info': 'asked by apps before they connect',
  'GET /v1/picture/{text}': 'stands in the pages of end users',
  'GET /v1/files/{token}/{name}': 'stands there too, at an address that nobody can guess',
  'GET /.well-known/oauth-authorization-server': 'read by OAuth clients before they have a token',
  'POST /streams/channels/{id}/messages': 'asks for the grant that an app got over its connection',
  'POST /streams/messages/{id}/replies': 'asks for such a grant',
  'POST /streams/threads/{id}/messages': 'asks for such a grant',
  'POST /streams/users/{id}/display-picture': 'asks for such a grant',
  'POST /oauth/token': 'gives out the tokens, for client credentials',
  'POST /oauth/revoke': 'asks for client credentials itself',
  'POST /oauth/introspect': 'asks for client credentials itself',
};

const PUBLISHED = new URL('../../../shared/reference/chatkitty-openapi-2.41.9.json', import.meta.url);

describe('routes', () => {
  let test: TestApp;
  let routes: Route[];
  let operations: DocumentedOperation[];
  let document: { paths: Record<string, Record<string, any>>; components: { schemas: object } };
  beforeAll(async () => {
    test = await startApp();
    routes = routesOf(test);
    operations = await documentedOperations(test.client);
    document = (await test.client.get('/openapi.json')).body;
  });
  afterAll(() => test.close());

  const secured = () => routes.flatMap((route) => (route.operation ? [{ ...route, operation: route.operation }] : []));
  const open = () => routes.filter(({ operation }) => !operation);

  it('are operations, which say who may call them, or stand in the list of public ones', () => {
    const found = open().flatMap(({ method, paths }) => paths.map((path) => `${method} ${path}`));
    expect(found.sort()).toEqual(Object.keys(PUBLIC).sort());
  });

  it('that are public answer without a token', async () => {
    const { body: message } = await test.client.upload(
      `/v1/channels/${(await test.make.channel()).id}/messages`,
      new Blob(['Hello']),
    );
    const file = message.file.url as string;
    for (const name of Object.keys(PUBLIC)) {
      const [method, path] = name.split(' ') as [string, string];
      const address =
        path === '/v1/files/{token}/{name}' ? file : path.replace('{file}', 'swagger-ui.css').replace('{id}', '1');
      const { status, body } = await test.client.with('').request(method, address);
      // The endpoints of OAuth ask for credentials of a client.
      if (path.startsWith('/oauth/')) expect([name, status, body.error]).toEqual([name, 401, 'invalid_client']);
      else if (path.startsWith('/streams/')) expect([name, status]).toEqual([name, 403]);
      else expect([name, status]).toEqual([name, 200]);
    }
  });

  it('that are operations exist with a version and without, and stand in the document with that method and path', () => {
    for (const { method, paths, operation } of secured()) {
      const versioned = paths.filter((path) => path.startsWith('/v1/'));
      expect([operation.id, paths.length]).toEqual([operation.id, 2]);
      expect(paths).toEqual([versioned[0], versioned[0]!.slice('/v1'.length)]);
      expect(document.paths[versioned[0]!]?.[method.toLowerCase()]?.operationId).toBe(operation.id);
    }
    expect(operations.map(({ id }) => id).sort()).toEqual(
      secured()
        .map(({ operation }) => operation.id)
        .sort(),
    );
  });

  it('have operation ids of their own, in the form that becomes a method of generated clients', () => {
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
  });

  it('are described: summary, tag, scopes, and what they answer', () => {
    const tags = (document as unknown as { tags: { name: string }[] }).tags.map(({ name }) => name);
    for (const { id, method, path, summary, tags: own, scopes, status, isFile } of operations) {
      const { responses, description } = document.paths[path]![method.toLowerCase()];
      expect([id, summary, description]).toEqual([id, expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
      expect([id, own.length, tags.includes(own[0]!)]).toEqual([id, 1, true]);
      for (const scope of scopes) expect(scope).toMatch(/^(create|read|update|delete):[a-z_]+$/);
      expect([id, scopes.length > 0]).toEqual([id, true]);
      const success = responses[String(status)];
      const schema = success?.content?.['application/json']?.schema?.$ref as string | undefined;
      if (isFile) expect([id, Object.keys(success.content as object).length > 0]).toEqual([id, true]);
      else if (method === 'HEAD') expect([id, responses['200']]).toEqual([id, { description: 'OK' }]);
      else
        expect([id, Object.keys(document.components.schemas).includes(String(schema?.split('/').at(-1)))]).toEqual([
          id,
          true,
        ]);
    }
  });

  it('ask for a token', async () => {
    const samples = new Samples(test.client, test.app);
    for (const operation of operations) {
      const { method, path, body } = await samples.of(operation);
      const { status } = await test.client.with('').request(method, path, { body });
      expect([operation.id, status]).toEqual([operation.id, 401]);
    }
  });

  describe('ask for the scopes that they are documented with', () => {
    // Many operations take the same scopes, and a token takes its time.
    const clients = new Map<string, Promise<Client>>();
    function clientWith(application: CreatedApplication, scopes: string[]): Promise<Client> {
      const key = `${application.applicationId} ${scopes.join(' ')}`;
      let client = clients.get(key);
      if (!client) {
        client = Client.of(test.url, application, new Contract(), scopes.join(' '));
        clients.set(key, client);
      }
      return client;
    }

    it('and refuse a token with other scopes, or with all but one of them', async () => {
      const samples = new Samples(test.client, test.app);
      for (const operation of operations) {
        const { method, path, body } = await samples.of(operation);
        const lacking = [
          ['read:unrelated'],
          ...operation.scopes.map((scope) => operation.scopes.filter((s) => s !== scope)),
        ];
        for (const scopes of lacking.filter(({ length }) => length > 0)) {
          const answer = await (await clientWith(test.application, scopes)).request(method, path, { body });
          expect([operation.id, scopes, answer.status]).toEqual([operation.id, scopes, 403]);
          expect(answer.headers.get('www-authenticate')).toContain(`scope="${operation.scopes.join(' ')}"`);
        }
      }
    });

    it('and let a token with exactly these through', async () => {
      const application = await test.app.get(ApplicationsService).create('Scoped');
      const samples = new Samples(await Client.of(test.url, application, new Contract()), test.app);
      // One operation takes the application with it.
      const isLast = ({ id }: DocumentedOperation) => Number(id === 'delete-authenticated-application');
      for (const operation of [...operations].sort((a, b) => isLast(a) - isLast(b))) {
        const { method, path, body } = await samples.of(operation);
        // A file of users is for whoever may read users.
        const scopes = [...operation.scopes, ...(operation.id === 'retrieve-job-file' ? ['read:user'] : [])];
        const { status } = await (await clientWith(application, scopes)).request(method, path, { body });
        expect([operation.id, status]).toEqual([operation.id, operation.status]);
      }
    });
  });

  const published = existsSync(PUBLISHED) ? operationsOf(JSON.parse(readFileSync(PUBLISHED, 'utf8'))) : undefined;
  // The published document is kept beside the project, and is not there everywhere.
  (published ? describe : describe.skip)('that ChatKitty published', () => {
    it('have the same method, path, scopes and tag here', () => {
      for (const { id, method, path, scopes, tags } of operations) {
        const theirs = published!.get(id);
        if (theirs) expect({ id, method, path, scopes, tags }).toEqual({ id, ...theirs });
      }
    });

    it('include all of ours, but for those that it lacks', () => {
      const added = operations.map(({ id }) => id).filter((id) => !published!.has(id));
      expect(added.sort()).toEqual([
        'count-user-unread-messages',
        'create-webhook',
        'delete-authenticated-application',
        'delete-webhook',
        'export-application',
        'import-application',
        'list-channel-reported-messages',
        'list-events',
        'list-webhook-deliveries',
        'list-webhooks',
        'replay-webhook',
        'retrieve-application-message-read-receipt-summaries',
        'retrieve-channel-member-read-position',
        'retrieve-job-errors',
        'retrieve-job-file',
        'retrieve-user-session',
        'retrieve-webhook',
        'retrieve-webhook-delivery',
        'retry-webhook-delivery',
        'rotate-webhook-secret',
        'update-channel-member-read-position',
        'update-webhook',
      ]);
    });
  });
});

/** Every handler of every controller, with the paths that Nest makes of its versions. */
function routesOf({ app }: TestApp): Route[] {
  const scanner = new MetadataScanner();
  return new DiscoveryService(app.get(ModulesContainer)).getControllers().flatMap(({ metatype, instance }) => {
    const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
    const versions = [Reflect.getMetadata(VERSION_METADATA, metatype!) ?? VERSION_NEUTRAL].flat() as (
      string | symbol
    )[];
    const base = Reflect.getMetadata(PATH_METADATA, metatype!) as string;
    return scanner.getAllMethodNames(prototype).flatMap((name): Route[] => {
      const handler = prototype[name]!;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const path = [base, Reflect.getMetadata(PATH_METADATA, handler) as string]
        .map((part) => part.replace(/^\/|\/$/g, ''))
        .filter(Boolean)
        .join('/')
        .replace(/:(\w+)/g, '{$1}');
      const prefixes = versions.map((version) => (version === VERSION_NEUTRAL ? '' : `/v${String(version)}`));
      const operation = Reflect.getMetadata(OPERATION, handler) as OperationOptions | undefined;
      const paths = prefixes.map((prefix) => `${prefix}/${path}`.replace(/(.)\/$/, '$1'));
      return [{ method: RequestMethod[method], paths, ...(operation && { operation }) }];
    });
  });
}

function operationsOf(document: { paths: Record<string, Record<string, any>> }) {
  return new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, security, tags }]) => [
        operationId as string,
        { method: method.toUpperCase(), path, scopes: security?.[0]?.application_authorization, tags },
      ]),
    ),
  );
}
