import { Global, Module } from '@nestjs/common';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotentWrites } from './idempotent-writes.js';

/** Answers of writes that can be repeated. */
@Global()
@Module({ providers: [IdempotencyRepository, IdempotentWrites], exports: [IdempotentWrites] })
export class IdempotencyModule {}
