import { Answer } from '../hal/answer.js';
import { operationOf, OperationOptions } from '../hal/operation.decorator.js';
import { MEDIA_TYPES } from '../http/media-types.js';
import { Union } from '../resource/registry.js';
import { Json, schemaRef } from './json.js';

/** The representations of a resource in camelCase. */
const ANSWER_TYPES = MEDIA_TYPES.filter((type) => type !== 'application/vnd.chatkitty+json');

/** Every write can be made safe to repeat. */
const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes the request safe to repeat: under the same key it is done once, and answered the same each time',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** Adds to an operation what was declared of it: its body, its answers, its scopes. */
export function describeOperation(operation: Json): void {
  const options = operationOf(String(operation.operationId));
  if (!options) throw new Error(`The operation ${String(operation.operationId)} is not declared with @Operation`);
  const { scopes, answer, body, upload, id, status = 200 } = options;
  operation.security = [{ application_authorization: [...scopes] }];
  const takesBody = body !== undefined || upload !== undefined;
  if (takesBody) operation.requestBody = describeBody(options);
  operation.responses = {
    [String(status)]: describeAnswer(answer, status),
    '400': failure('Client error', 'ApiError'),
    '401': failure('Unauthorized: full authentication is required to access this resource', 'AuthenticationError'),
    '403': failure('Access is denied', 'AuthenticationError'),
    '404': failure('Resource not found', 'ApiError'),
    '406': failure('None of the accepted representations can be made', 'ApiError'),
    ...(takesBody && {
      '413': failure('The body is too large', 'ApiError'),
      '415': failure('The body has a type that is not understood', 'ApiError'),
    }),
    '429': failure('Too many requests', 'ApiError'),
    '500': failure('Something went wrong in the server', 'ApiError'),
    ...(options.unavailable && { '503': failure(options.unavailable, 'ApiError') }),
  };
  if (!/^(list|retrieve|check|count)-/.test(id))
    operation.parameters = [...((operation.parameters as Json[] | undefined) ?? []), IDEMPOTENCY_KEY];
}

/** A file; one that is JSON holds a list of whatever was exported. */
function bytes(type: string): Json {
  if (type !== 'application/json') return { type: 'string', format: 'binary' };
  return { type: 'array', items: { type: 'object', additionalProperties: {} } };
}

/** The name of the schema of an answer, as published. */
export function answerSchema(answer: Extract<Answer, { type: unknown }>): string {
  const prefix = { resource: '', page: 'PagedModel', cursorPage: 'CursorPagedModel', feed: 'FeedModel' }[answer.form];
  return `${prefix}${answer.type.name}`;
}

function describeAnswer(answer: Answer, status: number): Json {
  const description = status === 202 ? 'Accepted: the job has been scheduled' : 'OK';
  if (answer.form === 'empty') return { description };
  if (answer.form === 'file') {
    return { description, content: Object.fromEntries(answer.types.map((type) => [type, { schema: bytes(type) }])) };
  }
  const schema = { $ref: schemaRef(answerSchema(answer)) };
  return { description, content: Object.fromEntries(ANSWER_TYPES.map((type) => [type, { schema }])) };
}

function describeBody({ body, bodyTypes = ['application/json'], bodyOptional, upload }: OperationOptions): Json {
  const json = body ? bodyTypes.map((mediaType) => [mediaType, { schema: { $ref: schemaRef(body.name) } }]) : [];
  const form = upload ? [['multipart/form-data', { schema: { $ref: schemaRef(upload.form.name) } }]] : [];
  return { required: !bodyOptional, content: Object.fromEntries([...json, ...form]) as Json };
}

export function discriminator({ property, classes }: Union): Json {
  const mapping = Object.entries(classes).map(([value, variant]) => [value, schemaRef(variant.name)]);
  return { propertyName: property, mapping: Object.fromEntries(mapping) as unknown };
}

function failure(description: string, schema: string): Json {
  return { description, content: { 'application/json': { schema: { $ref: schemaRef(schema) } } } };
}
