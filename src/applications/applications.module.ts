import { Module } from '@nestjs/common';
import { ApplicationDeletionJob } from './application-deletion.job.js';
import { ApplicationsController } from './applications.controller.js';
import { ApplicationsService } from './applications.service.js';

@Module({
  controllers: [ApplicationsController],
  providers: [ApplicationDeletionJob, ApplicationsService],
  exports: [ApplicationsService],
})
export class ApplicationsModule {}
