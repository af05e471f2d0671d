import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, Observable } from 'rxjs';
import { ApiException } from '../errors/api-error.js';
import { OPERATION, OperationOptions } from '../hal/operation.decorator.js';
import { IDEMPOTENCY_REPLAYED } from '../idempotency/idempotency.interceptor.js';
import { FormReader } from './form-reader.js';

/**
 * Reads forms for the operations that take them, outside of everything that a unit of work may be open for: the file is
 * in storage before the operation begins, and goes again if the operation does not want it.
 */
@Injectable()
export class UploadInterceptor implements NestInterceptor {
  constructor(private readonly forms: FormReader) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation = Reflect.getMetadata(OPERATION, context.getHandler()) as OperationOptions | undefined;
    const upload = operation?.upload;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!upload || !request.isMultipart()) return next.handle();
    return defer(async () => {
      const form = await this.forms.read(request, upload);
      request.body = form;
      try {
        const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
        // The operation was done before, with the file that came then.
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        if (reply.hasHeader(IDEMPOTENCY_REPLAYED)) await this.forms.discard(form);
        return answer;
      } catch (error) {
        // After any other failure nobody knows whether the unit was committed, and with it the row that has the file.
        if (error instanceof ApiException && error.status < 500) await this.forms.discard(form);
        throw error;
      }
    });
  }
}
