import { Global, Module } from '@nestjs/common';
import { Guessing } from './guessing.js';
import { LimitsService } from './limits.service.js';
import { Quotas } from './quotas.js';
import { RateLimiter } from './rate-limiter.js';
import { RefusalCounts } from './refusal-counts.js';
import { WindowCounter } from './window-counter.js';

/** How much an application may do, and how often anybody may guess. */
@Global()
@Module({
  providers: [Guessing, LimitsService, Quotas, RateLimiter, RefusalCounts, WindowCounter],
  exports: [Guessing, LimitsService, Quotas, RateLimiter, RefusalCounts],
})
export class LimitsModule {}
