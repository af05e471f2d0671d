import { applyDecorators, HttpCode, SetMetadata, Type } from '@nestjs/common';
import { ApiExtraModels, ApiOperation } from '@nestjs/swagger';
import { ResourceClass, unionOf } from '../resource/registry.js';
import { UploadOptions } from '../uploads/upload-options.js';
import { Answer } from './answer.js';

export const OPERATION = 'operation';

export interface OperationOptions {
  /** The published operation id, which becomes the method of generated clients. */
  id: string;
  summary: string;
  description: string;
  tag: string;
  /** All of these are needed. */
  scopes: readonly string[];
  answer: Answer;
  /** The status of a success; 200 if absent. */
  status?: 202;
  /** The class of the body; a union stands for each of its classes. */
  body?: ResourceClass;
  /** The media types that the body is published under; JSON if absent. */
  bodyTypes?: readonly string[];
  /** The operation takes a form with a file: beside the body, or instead of one. */
  upload?: UploadOptions;
  /** The operation works without a body. */
  bodyOptional?: boolean;
  /** When the server cannot do this at all, as it is configured. */
  unavailable?: string;
}

const operations = new Map<string, OperationOptions>();
// Asked for by each request; metadata of methods takes longer to find.
const byHandler = new WeakMap<object, OperationOptions>();

/** The operation that a handler carries out; none if it is no operation of the Platform API. */
export const operationBy = (handler: object): OperationOptions | undefined => byHandler.get(handler);

/** What was declared of an operation, for the document. */
export const operationOf = (id: string): OperationOptions | undefined => operations.get(id);

export const allOperations = (): OperationOptions[] => [...operations.values()];

/**
 * Declares an operation of the Platform API in one place: who may call it, what it answers, how it is described. The
 * guard, the interceptor and the document all read it from here.
 */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, summary, description, tag, answer, body, upload, status = 200 } = options;
  operations.set(id, options);
  const models = [
    ...('type' in answer ? withVariants(answer.type) : []),
    ...(body ? withVariants(body) : []),
    ...(upload ? withVariants(upload.form) : []),
    ...(upload?.items ? withVariants(upload.items) : []),
  ];
  return applyDecorators(
    SetMetadata(OPERATION, options),
    (_target: object, _name: string | symbol, { value }: PropertyDescriptor) => {
      byHandler.set(value as object, options);
    },
    HttpCode(status),
    ApiOperation({ operationId: id, summary, description, tags: [tag] }),
    ApiExtraModels(...models),
  );
}

/** Of a union also the classes that it stands for. */
const withVariants = (type: ResourceClass): Type[] => [type, ...Object.values(unionOf(type)?.classes ?? {})] as Type[];
