import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Guessing } from './guessing.js';
import { LimitsService } from './limits.service.js';
import { Quotas } from './quotas.js';
import { RateLimiter } from './rate-limiter.js';
import { RefusalCounts } from './refusal-counts.js';
import { WindowCounter } from './window-counter.js';

/** How much an application may do, and how often anybody may guess. */
@Global()
@Module({
  providers: [
    Guessing,
    LimitsService,
    Quotas,
    RateLimiter,
    RefusalCounts,
    { provide: WindowCounter, inject: [Config], useFactory: (config: Config) => WindowCounter.of(config) },
  ],
  exports: [Guessing, LimitsService, Quotas, RateLimiter, RefusalCounts],
})
export class LimitsModule {}
