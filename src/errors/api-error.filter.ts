import { ArgumentsHost, Catch, ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { AllowedMethods } from '../http/allowed-methods.js';
import { callersCasing } from '../http/casing.js';
import { JSON_BODY_MAX_BYTES } from '../http/json-body.js';
import { JSON_BODY_TYPES } from '../http/media-types.js';
import { toSnakeCase } from '../resource/casing.js';
import { writeTime } from '../resource/writer.js';
import {
  ApiException,
  AuthenticationException,
  ClientError,
  explain,
  MethodNotAllowedError,
  PayloadTooLargeError,
  Redirect,
  ResourceNotFoundError,
  UnsupportedMediaTypeError,
} from './api-error.js';
import { Problem } from './error-codes.js';

/** Prints failures: the only place where an error becomes a status and a body. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  private readonly log = new Logger('Errors');

  constructor(private readonly allowedMethods: AllowedMethods) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    this.print(
      thrown,
      host.switchToHttp().getRequest<FastifyRequest>(),
      host.switchToHttp().getResponse<FastifyReply>(),
    );
  }

  print(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent) return;
    if (thrown instanceof Redirect) {
      void reply.code(307).header('location', thrown.location).send();
      return;
    }
    if (thrown instanceof AuthenticationException) {
      const { status, error, description, challenge } = thrown;
      const body = JSON.stringify({ error, error_description: description });
      void reply
        .code(status)
        .headers({ 'www-authenticate': challenge, ...JSON_ANSWER })
        .send(body);
      return;
    }
    const error = this.toApiError(thrown, request);
    const { status, details } = error;
    void reply
      .code(status)
      .headers({ ...JSON_ANSWER, ...details.headers })
      .send(this.body(error, request));
  }

  private toApiError(thrown: unknown, request: FastifyRequest): ApiException {
    if (thrown instanceof ApiException) return thrown;
    const code = (thrown as { code?: unknown }).code;
    const status =
      thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: unknown }).statusCode;
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || status === 413) return new PayloadTooLargeError(JSON_BODY_MAX_BYTES);
    if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || status === 415)
      return new UnsupportedMediaTypeError(JSON_BODY_TYPES);
    if (status === 404) {
      const allowed = this.allowedMethods.of(request.url);
      return allowed.length > 0 ? new MethodNotAllowedError(allowed) : new ResourceNotFoundError();
    }
    if (code === 'FST_ERR_MAX_PARAM_LENGTH') return new ResourceNotFoundError();
    if (code === 'FST_ERR_BAD_URL') return ClientError.of('Request', 'path', 'invalid', 'is not a well-formed path');
    if (typeof status === 'number' && status >= 400 && status < 500)
      return ClientError.of('Request', 'request', 'invalid', lowerFirst((thrown as Error).message));
    const stack = thrown instanceof Error ? thrown.stack : String(thrown);
    this.log.error(`${request.id} ${request.method} ${request.url.split('?')[0]}: ${stack}`);
    return new ApiException(500, 'InternalServerError', 'Something went wrong on our side', {
      explanation: `The server's log has the reason under ${request.id}`,
    });
  }

  private body({ error, message, details }: ApiException, request: FastifyRequest): string {
    const problems = details.problems && spelledFor(request, details.problems);
    return JSON.stringify({
      error,
      message,
      timestamp: writeTime(Date.now()),
      explanation: problems ? explain(problems) : details.explanation,
      properties: details.properties,
      errors: problems,
    });
  }
}

/** Fields are named in the caller's casing, unless they are as the caller wrote them. */
function spelledFor(request: FastifyRequest, problems: readonly Problem[]): Problem[] {
  const isSnake = callersCasing(request) === 'snake';
  return problems.map(({ isVerbatim, ...problem }) =>
    isSnake && !isVerbatim ? { ...problem, field: toSnakeCase(problem.field) } : problem,
  );
}

const JSON_ANSWER = { 'content-type': 'application/json' };
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
