import { hash } from 'node:crypto';
import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, Observable } from 'rxjs';
import { isDuplicate } from '../database/database-errors.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError } from '../errors/api-error.js';
import { ErrorCode } from '../errors/error-codes.js';
import { familyOf } from '../http/path-family.js';
import { IdempotencyRepository, StoredAnswer } from './idempotency.repository.js';

/** Tells that an answer is one that was given before. */
export const IDEMPOTENCY_REPLAYED = 'idempotency-replayed';

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const KEY = /^[\x20-\x7E]{1,255}$/;

/**
 * Makes any write safe to repeat. With an `Idempotency-Key` the whole operation runs in one unit of work that also
 * stores the key and the answer: either all of it happened or nothing did, and a repeat gets the stored answer. A write
 * that was refused leaves no trace, so it can be corrected and sent again under the same key.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined || !request.principal || !WRITES.has(request.method)) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) throw refuse('invalid', 'must be 1 to 255 visible ASCII characters');
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return defer(() => this.once(request, reply, key, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }

  private async once(
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const { applicationId } = request.principal!;
    const fingerprint = fingerprintOf(request);
    const known = await this.keys.find(applicationId, key);
    if (known) return replay(known, fingerprint, reply);
    try {
      return await this.unitOfWork.run(async () => {
        await this.keys.claim(applicationId, key, fingerprint).catch((error: unknown) => {
          throw isDuplicate(error) ? new KeyTaken() : error;
        });
        const answer = await work();
        const contentType = reply.getHeader('content-type');
        await this.keys.storeAnswer(applicationId, key, {
          status: reply.statusCode,
          contentType: typeof contentType === 'string' ? contentType : null,
          body: typeof answer === 'string' ? answer : null,
        });
        return answer;
      });
    } catch (error) {
      if (!(error instanceof KeyTaken)) throw error;
      // A parallel request was first, and has been committed meanwhile.
      const answer = await this.keys.find(applicationId, key);
      if (!answer) throw error;
      return replay(answer, fingerprint, reply);
    }
  }
}

class KeyTaken extends Error {}

const refuse = (code: ErrorCode, message: string): ClientError =>
  new ClientError([{ resource: 'Request', field: 'Idempotency-Key', isVerbatim: true, code, message }]);

function fingerprintOf(request: FastifyRequest): string {
  const { method, url } = request;
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  return hash('sha256', `${method}\n${familyOf(request).path}${query}\n${body}`, 'base64');
}

function replay(answer: StoredAnswer, fingerprint: string, reply: FastifyReply): unknown {
  if (answer.fingerprint !== fingerprint)
    throw refuse(
      'unprocessable',
      'was used before for another request; a repeat must have the same method, path and body',
    );
  void reply.code(answer.status).header(IDEMPOTENCY_REPLAYED, 'true');
  if (answer.contentType) void reply.header('content-type', answer.contentType);
  return answer.body ?? undefined;
}
