import { allOperations } from '../hal/operation.decorator.js';
import { ANYTHING } from '../resource/fields.js';
import { linksOf, registeredClasses, ResourceClass, unionOf } from '../resource/registry.js';
import { Json, schemaRef } from './json.js';
import { answerSchema, discriminator } from './operations.js';

const INT64 = { type: 'integer', format: 'int64', minimum: 0 };

/** What HAL and the envelopes add to the resources. */
const SHARED: Record<string, Json> = {
  Link: {
    type: 'object',
    description: 'A link to another resource (RFC 6570 if templated)',
    required: ['href'],
    properties: {
      href: { type: 'string' },
      templated: { type: 'boolean' },
      ...Object.fromEntries(
        ['hreflang', 'title', 'type', 'deprecation', 'profile', 'name'].map((name) => [name, { type: 'string' }]),
      ),
    },
    additionalProperties: false,
  },
  Links: {
    type: 'object',
    description: 'Links to other resources, by relation',
    additionalProperties: { $ref: schemaRef('Link') },
  },
  PageMetadata: {
    type: 'object',
    description: 'Which page this is',
    required: ['size', 'totalElements', 'totalPages', 'number'],
    properties: { size: INT64, totalElements: INT64, totalPages: INT64, number: INT64 },
    additionalProperties: false,
  },
  CursorPageMetadata: {
    type: 'object',
    description: 'Where in the collection this page is',
    required: ['size', 'total'],
    properties: { size: INT64, start: { type: 'string' }, next: { type: 'string' }, total: INT64 },
    additionalProperties: false,
  },
  FeedMetadata: {
    type: 'object',
    description: 'How many there are here, and from where to go on',
    required: ['size', 'next'],
    properties: {
      size: { ...INT64, description: 'How many there are here' },
      next: { type: 'string', description: 'What to give as after the next time, now or later' },
    },
    additionalProperties: false,
  },
};

/** Adds what follows from the declarations: unions, links, envelopes; and says that nothing undeclared is sent. */
export function completeSchemas(schemas: Record<string, Json>): void {
  for (const type of registeredClasses()) {
    const schema = schemas[type.name];
    if (schema) completeClass(type, schema, schemas);
  }
  Object.assign(schemas, SHARED, envelopes());
}

function completeClass(type: ResourceClass, schema: Json, schemas: Record<string, Json>): void {
  const union = unionOf(type);
  if (union) {
    // Each kind has all that it shares with the others. Beside `oneOf`, generators of clients expect no fields.
    for (const name of ['type', 'properties', 'required']) delete schema[name];
    schema.oneOf = Object.values(union.classes).map((variant) => ({ $ref: schemaRef(variant.name) }));
    schema.discriminator = discriminator(union);
    for (const [kind, variant] of Object.entries(union.classes)) narrow(schemas[variant.name], union.property, kind);
    return;
  }
  if (linksOf(type))
    schema.properties = { ...(schema.properties as Json | undefined), _links: { $ref: schemaRef('Links') } };
  schema.additionalProperties = false;
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  for (const [name, property] of Object.entries(properties)) properties[name] = simplest(property);
}

/** A field as generators of clients make the most of it. */
function simplest(property: Json): Json {
  // Of a list of all types they make code that does not compile.
  const { anyOf, ...anything } = property;
  if (JSON.stringify(anyOf) === JSON.stringify(ANYTHING)) return anything;
  // A union that is wrapped to describe it loses what tells its kinds apart.
  const [reference, ...others] = (property.allOf ?? []) as Json[];
  const isUnion = reference && registeredClasses().some((type) => unionOf(type) && isRefTo(reference, type.name));
  return isUnion && others.length === 0 ? reference : property;
}

const isRefTo = ({ $ref }: Json, name: string): boolean => $ref === schemaRef(name);

/** A variant of a union is of one kind only, so that nothing is of two variants. */
function narrow(variant: Json | undefined, property: string, kind: string): void {
  const properties = variant?.properties as Record<string, Json> | undefined;
  if (properties) properties[property] = { type: 'string', description: properties[property]?.description, enum: [kind] };
}

const METADATA = { page: 'PageMetadata', cursorPage: 'CursorPageMetadata', feed: 'FeedMetadata' };

function envelopes(): Record<string, Json> {
  const found: Record<string, Json> = {};
  for (const operation of allOperations()) {
    const { answer } = operation;
    if (answer.form === 'resource' || answer.form === 'empty' || answer.form === 'file') continue;
    const metadata = METADATA[answer.form];
    found[answerSchema(answer)] = {
      type: 'object',
      description: 'A page of a collection',
      required: ['_embedded', '_links', 'page'],
      properties: {
        _embedded: {
          type: 'object',
          required: [answer.key],
          properties: { [answer.key]: { type: 'array', items: { $ref: schemaRef(answer.type.name) } } },
          additionalProperties: false,
        },
        _links: { $ref: schemaRef('Links') },
        page: { $ref: schemaRef(metadata) },
      },
      additionalProperties: false,
    };
  }
  return found;
}
