import { Problem } from './error-codes.js';

/** A refusal in the form that the API publishes. The filter prints it; nothing else decides status or shape. */
export class ApiException extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    message: string,
    readonly details: { explanation?: string; problems?: Problem[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
  }
}

/** 400: something in the request is wrong; every wrong field is named. */
export class ClientError extends ApiException {
  constructor(problems: Problem[]) {
    super(400, 'ClientError', 'A client error occurred, check your request', detailsOf(problems));
  }

  static of(resource: string, field: string, code: Problem['code'], message: string): ClientError {
    return new ClientError([{ resource, field, code, message }]);
  }
}

/** 404: there is no such thing in this application. Another tenant's answers the same. */
export class ResourceNotFoundError extends ApiException {
  constructor(problems?: Problem[]) {
    super(404, 'ResourceNotFoundError', 'Resource not found', problems && detailsOf(problems));
  }

  /** Something that the request refers to does not exist. */
  static referredTo(resource: string, field: string, message: string): ResourceNotFoundError {
    return new ResourceNotFoundError([{ resource, field, code: 'missing', message }]);
  }
}

/** 405: the resource exists, the verb does not. */
export class MethodNotAllowedError extends ApiException {
  constructor(allowed: string[]) {
    const verbs = allowed.join(', ');
    super(405, 'MethodNotAllowedError', 'Method not allowed', {
      explanation: `This resource answers to ${verbs}`,
      headers: { allow: verbs },
    });
  }
}

/** 406: none of the representations that the caller accepts can be made. */
export class NotAcceptableError extends ApiException {
  constructor(available: readonly string[]) {
    super(406, 'NotAcceptableError', 'Not acceptable', { explanation: `Available: ${available.join(', ')}` });
  }
}

/** 413: the body is over the limit. */
export class PayloadTooLargeError extends ApiException {
  constructor(limit: number, field = 'body') {
    super(413, 'PayloadTooLargeError', 'The request body is too large', {
      explanation: `At most ${limit} bytes are accepted`,
      problems: [{ resource: 'Request', field, code: 'too_large', message: `must be at most ${limit} bytes` }],
    });
  }
}

/** 415: the body comes in a form that is not understood here. */
export class UnsupportedMediaTypeError extends ApiException {
  constructor(accepted: readonly string[]) {
    const types = accepted.join(', ');
    super(415, 'UnsupportedMediaTypeError', 'Unsupported media type', {
      explanation: `Accepted: ${types}`,
      headers: { accept: types },
    });
  }
}

/** 415: the body is compressed. Nobody can tell how large it would become. */
export class CompressedBodyError extends ApiException {
  constructor() {
    super(415, 'UnsupportedMediaTypeError', 'Unsupported media type', {
      explanation: 'The body must come as it is, without a Content-Encoding',
      headers: { 'accept-encoding': 'identity' },
    });
  }
}

/** 416: a part was asked for that the file does not have. */
export class RangeNotSatisfiableError extends ApiException {
  constructor(headers: Record<string, string>) {
    super(416, 'RangeNotSatisfiableError', 'Range not satisfiable', {
      explanation: 'The file does not have the part that was asked for',
      headers,
    });
  }
}

/** 307: the resource has another address. Not a failure; it leaves a request early like one. */
export class Redirect extends Error {
  constructor(readonly location: string) {
    super(`See ${location}`);
  }
}

/** 401 and 403 have a shape of their own (RFC 6750 and the published AuthenticationError). */
export class AuthenticationException extends Error {
  constructor(
    readonly status: 401 | 403,
    readonly error: string,
    readonly description: string,
    readonly challenge: string,
  ) {
    super(description);
  }
}

/** A request can be wrong in more places than anybody reads about. */
const PROBLEMS_MAX = 100;

function detailsOf(all: Problem[]): ApiException['details'] {
  const problems = all.slice(0, PROBLEMS_MAX);
  return { problems, explanation: explain(problems) };
}

/** All that is wrong in one sentence. */
export const explain = (problems: readonly Problem[]): string =>
  problems.map(({ field, message }) => `${field} ${message}`).join('; ');
