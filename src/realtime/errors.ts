import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { ApiException, explain } from '../errors/api-error.js';
import { MalformedFrameError } from './stomp/frame.js';

/** Whoever connects, or asks for something, may not. */
export class AccessDeniedError extends ApiException {
  constructor(message: string) {
    super(403, 'AccessDeniedError', message);
  }
}

const log = new Logger('Realtime');

/** The body of an ERROR frame, and of what arrives on the queue of errors. */
export function errorBody(thrown: unknown): string {
  const error = toApiError(thrown);
  const { problems, explanation, properties } = error.details;
  return JSON.stringify({
    error: error.error,
    message: problems ? `${error.message}: ${explain(problems)}` : error.message,
    timestamp: new Date().toISOString(),
    explanation: problems ? explain(problems) : explanation,
    ...properties,
    errors: problems?.map(({ isVerbatim: _, ...problem }) => problem),
  });
}

function toApiError(thrown: unknown): ApiException {
  if (thrown instanceof ApiException) return thrown;
  if (thrown instanceof MalformedFrameError) return new ApiException(400, 'ProtocolError', thrown.message);
  const id = randomUUID();
  log.error(`${id}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  return new ApiException(500, 'InternalServerError', 'Something went wrong on our side', {
    explanation: `The server's log has the reason under ${id}`,
  });
}
