import { applyDecorators, HttpCode, SetMetadata, Type } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiResponse, ApiSecurity, getSchemaPath } from '@nestjs/swagger';
import { ApiErrorResource, AuthenticationErrorResource } from '../errors/api-error.resource.js';
import { MEDIA_TYPES } from '../http/media-types.js';
import { ResourceClass, unionOf } from '../resource/registry.js';
import { Answer } from './answer.js';

export const OPERATION = 'operation';
export const SECURITY_SCHEME = 'application_authorization';

export interface OperationOptions {
  /** The published operation id, which becomes the method of generated clients. */
  id: string;
  summary: string;
  description: string;
  tag: string;
  /** All of these are needed. */
  scopes: readonly string[];
  answer: Answer;
  /** The class of the body; a union stands for each of its classes. */
  body?: ResourceClass;
  /** The media types that the body is published under. */
  bodyTypes?: readonly string[];
  /** The operation works without a body. */
  bodyOptional?: boolean;
}

/**
 * Declares an operation of the Platform API in one place: who may call it, what it answers, how it is described. The
 * guard, the interceptor and the document all read it from here.
 */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, summary, description, tag, scopes, answer, body } = options;
  return applyDecorators(
    SetMetadata(OPERATION, options),
    HttpCode(200),
    ApiOperation({ operationId: id, summary, description, tags: [tag] }),
    ApiSecurity(SECURITY_SCHEME, [...scopes]),
    ApiExtraModels(ApiErrorResource, AuthenticationErrorResource, ...models(answer), ...(body ? bodyModels(body) : [])),
    ApiResponse(success(answer)),
    ApiResponse(failure(400, 'Client error', ApiErrorResource)),
    ApiResponse(failure(401, 'Unauthorized: full authentication is required', AuthenticationErrorResource)),
    ApiResponse(failure(403, 'Access is denied', AuthenticationErrorResource)),
    ApiResponse(failure(404, 'Resource not found', ApiErrorResource)),
    ...(body ? [ApiBody(describeBody(body, options))] : []),
  );
}

const models = (answer: Answer): Type[] => (answer.form === 'empty' ? [] : [answer.type as Type]);
const bodyModels = (body: ResourceClass): Type[] => [
  body as Type,
  ...(Object.values(unionOf(body)?.classes ?? {}) as Type[]),
];

function success(answer: Answer) {
  if (answer.form === 'empty') return { status: 200, description: 'OK' };
  const schema = { $ref: `#/components/schemas/${answerSchema(answer)}` };
  return {
    status: 200,
    description: 'OK',
    content: Object.fromEntries(
      MEDIA_TYPES.filter((type) => !type.includes('chatkitty')).map((type) => [type, { schema }]),
    ),
  };
}

/** The name of the schema of an answer, as published. */
export function answerSchema(answer: Exclude<Answer, { form: 'empty' }>): string {
  const prefix = { resource: '', page: 'PagedModel', cursorPage: 'CursorPagedModel' }[answer.form];
  return `${prefix}${answer.type.name}`;
}

function failure(status: number, description: string, type: Type) {
  return { status, description, content: { 'application/json': { schema: { $ref: getSchemaPath(type) } } } };
}

function describeBody(
  body: ResourceClass,
  { bodyTypes = ['application/json'], bodyOptional = false }: OperationOptions,
) {
  const union = unionOf(body);
  const schema = union
    ? {
        oneOf: Object.values(union.classes).map((type) => ({ $ref: getSchemaPath(type as Type) })),
        discriminator: {
          propertyName: union.property,
          mapping: Object.fromEntries(
            Object.entries(union.classes).map(([value, type]) => [value, getSchemaPath(type as Type)]),
          ),
        },
      }
    : { $ref: getSchemaPath(body) };
  return {
    required: !bodyOptional,
    schema,
    // Nest's types know one media type a body; its document takes all of them from here.
    content: Object.fromEntries(bodyTypes.map((type) => [type, { schema }])),
  } as never;
}
