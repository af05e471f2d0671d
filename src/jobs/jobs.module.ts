import { Global, Module } from '@nestjs/common';
import { JobFiles } from './job-files.js';
import { JobProgress } from './job-progress.js';
import { JobRunner } from './job-runner.js';
import { JobsService } from './jobs.service.js';

/** Work that outlives a request. Features schedule jobs and register what does them. */
@Global()
@Module({
  providers: [JobFiles, JobProgress, JobRunner, JobsService],
  exports: [JobFiles, JobProgress, JobRunner, JobsService],
})
export class JobsModule {}
