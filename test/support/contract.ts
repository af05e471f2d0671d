import { existsSync, readFileSync } from 'node:fs';
import { Ajv, ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { Answer } from './answer.js';

type Document = {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
  components: { schemas: Record<string, { properties: Record<string, { type?: string }> }> };
};

/** The document that ChatKitty published. Kept beside the project; without it that half of the check is left out. */
const PUBLISHED = new URL('../../../shared/reference/chatkitty-openapi-2.41.9.json', import.meta.url);

/** Ours, as they are committed; that servers serve the same is tested once. */
export const OURS = new URL('../../src/openapi/documents/', import.meta.url);

const known = new Map<string, Schemas>();

/** Refuses every answer that the documents do not allow: status, body, undeclared fields. */
export class Contract {
  check(method: string, address: string, { status, body, headers }: Answer): void {
    if (status === 307 || status === 405) return;
    // A repeat is in the spelling of the first answer, whichever path it comes by.
    if (headers.has('idempotency-replayed')) return;
    const { pathname } = new URL(address);
    const path = pathname
      .replace(/^\/v1\/applications\/[^/]+$/, '/v1/application')
      .replace(/^\/v1\/applications\/[^/]+\/(settings|message-read-receipt-summaries)$/, '/v1/application/$1')
      .replace(/^\/v1\/applications\/[^/]+/, '/v1');
    const type = headers.get('content-type') ?? '';
    if (!/[/+]json/.test(type)) return;
    const isVersioned = path.startsWith('/v1/');
    if (type.includes('vnd.chatkitty+json') || (!isVersioned && !type.includes('vnd.chatkitty.v1+json'))) {
      const unversioned = path.replace(/^\/v1/, '');
      schemas(new URL('openapi.v2.json', OURS)).check(method, unversioned, status, body, 'our snake_case document');
      return;
    }
    const versioned = isVersioned ? path : `/v1${path}`;
    schemas(new URL('openapi.json', OURS)).check(method, versioned, status, body, 'our document');
    if (status < 500 && existsSync(PUBLISHED))
      schemas(PUBLISHED, publishedDocument).checkIfKnown(method, versioned, status, body, 'the published document');
  }
}

/** Reading a document takes a while: once for all servers of a spec file is enough. */
function schemas(file: URL, parse: (text: string) => unknown = JSON.parse): Schemas {
  let found = known.get(file.href);
  if (!found) {
    found = new Schemas(parse(readFileSync(file, 'utf8')) as Document);
    known.set(file.href, found);
  }
  return found;
}

/** Its variants overlap: every public channel fits the schema of private ones as well. So one or more have to fit. */
function publishedDocument(text: string): Document {
  const document = JSON.parse(text.replaceAll('"oneOf"', '"anyOf"'), withOurTypes) as Document;
  // Published as an object, with a text as its example: it is whatever the tenant has put there.
  delete document.components.schemas.SecretResource!.properties.secret!.type;
  return document;
}

/** The published list of types of jobs lacks one for the export that it publishes, and those that we have added. */
function withOurTypes(key: string, value: unknown): unknown {
  if (key !== 'enum' || !Array.isArray(value) || !value.includes('USER_IMPORT')) return value;
  return [...(value as string[]), 'USER_ANALYTICS_EXPORT', 'APPLICATION_IMPORT', 'APPLICATION_EXPORT'];
}

class Schemas {
  private readonly ajv: Ajv;
  private readonly routes: { pattern: RegExp; path: string }[];
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly document: Document) {
    // What is added is no schema but a document with schemas in it, so there is nothing to hold it against.
    this.ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, meta: false, validateSchema: false });
    formats.default(this.ajv);
    this.ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
    this.ajv.addFormat('int32', {
      type: 'number',
      validate: (value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31,
    });
    this.ajv.addSchema(document, 'document');
    this.routes = Object.keys(document.paths)
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`) }));
  }

  check(method: string, path: string, status: number, body: unknown, source: string): void {
    const operation = this.operation(method, path);
    if (!operation) return;
    const response = this.document.paths[operation.path]![operation.method]!.responses[status];
    if (!response) throw new Error(`${method} ${path} answered ${status}, which ${source} does not know`);
    this.validate(operation, status, body, source);
  }

  /** The published document leaves out what we added: statuses and operations that it does not have pass. */
  checkIfKnown(method: string, path: string, status: number, body: unknown, source: string): void {
    const operation = this.operation(method, path);
    if (operation && this.document.paths[operation.path]![operation.method]!.responses[status])
      this.validate(operation, status, body, source);
  }

  private operation(method: string, path: string): { path: string; method: string } | undefined {
    const name = method.toLowerCase();
    const route = this.routes.find(
      ({ pattern, path: template }) => pattern.test(path) && this.document.paths[template]![name],
    );
    return route && { path: route.path, method: name };
  }

  private validate(operation: { path: string; method: string }, status: number, body: unknown, source: string): void {
    const { path, method } = operation;
    const content = this.document.paths[path]![method]!.responses[status]!.content;
    if (!content || method === 'head') return;
    const mediaType = Object.keys(content)[0]!;
    const pointer = ['paths', path, method, 'responses', String(status), 'content', mediaType, 'schema']
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    let validator = this.validators.get(pointer);
    if (!validator) {
      validator = this.ajv.compile({ $ref: `document#/${pointer}` });
      this.validators.set(pointer, validator);
    }
    if (!validator(body)) {
      const errors = this.ajv.errorsText(validator.errors, { separator: '\n  ' });
      throw new Error(
        `${method.toUpperCase()} ${path} answered ${status}, which ${source} does not allow:\n  ${errors}\n${JSON.stringify(body).slice(0, 2000)}`,
      );
    }
  }
}
