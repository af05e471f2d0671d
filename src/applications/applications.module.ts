import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module.js';
import { ApplicationDeletionJob } from './application-deletion.job.js';
import { ApplicationsController } from './applications.controller.js';
import { ApplicationsService } from './applications.service.js';

@Module({
  imports: [FilesModule],
  controllers: [ApplicationsController],
  providers: [ApplicationDeletionJob, ApplicationsService],
  exports: [ApplicationsService],
})
export class ApplicationsModule {}
