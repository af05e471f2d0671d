import { Global, Module } from '@nestjs/common';
import { JobRunner } from './job-runner.js';
import { JobsService } from './jobs.service.js';

/** Work that outlives a request. Features schedule jobs and register what does them. */
@Global()
@Module({ providers: [JobRunner, JobsService], exports: [JobRunner, JobsService] })
export class JobsModule {}
