import { Module } from '@nestjs/common';
import { ApplicationJobsController } from './application-jobs.controller.js';
import { ApplicationJobsRepository } from './application-jobs.repository.js';
import { ApplicationJobsService } from './application-jobs.service.js';

/** The long running jobs that applications ask for: imports and exports. */
@Module({
  controllers: [ApplicationJobsController],
  providers: [ApplicationJobsRepository, ApplicationJobsService],
  exports: [ApplicationJobsService],
})
export class ApplicationJobsModule {}
