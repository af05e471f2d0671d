import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, map, Observable } from 'rxjs';
import { Config } from '../config/config.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.js';
import { Uploads } from '../uploads/uploads.js';
import { operationBy } from './operation.decorator.js';
import { writeAnswer } from './representation.js';

/**
 * What writes have around them: the form of an upload is read before, and the unit of a write that has a key to be done
 * once ends with its answer, which is stored as it is written.
 *
 * It is the only interceptor, and for operations that change something alone: each one costs a request as much as a
 * look-up by key.
 */
@Injectable()
export class WriteInterceptor implements NestInterceptor {
  constructor(
    private readonly config: Config,
    private readonly writes: IdempotentWrites,
    private readonly uploads: Uploads,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const upload = operationBy(context.getHandler())?.upload;
    if (!upload || !request.isMultipart()) return this.once(request, reply, next);
    return defer(() => this.uploads.around(request, reply, upload, () => last(this.once(request, reply, next))));
  }

  private once(request: FastifyRequest, reply: FastifyReply, next: CallHandler): Observable<unknown> {
    const key = this.writes.keyOf(request);
    if (key === undefined) return next.handle();
    const { representation } = request;
    const write = (value: unknown) =>
      representation ? writeAnswer(representation, value, reply, this.config.publicUrl) : value;
    // The handler takes part in the unit of work only if it is asked for inside.
    return defer(() => this.writes.once(request, reply, key, () => last(next.handle().pipe(map(write)))));
  }
}

const last = (answer: Observable<unknown>): Promise<unknown> => lastValueFrom(answer, { defaultValue: undefined });
