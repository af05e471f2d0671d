import { Module } from '@nestjs/common';
import { ApplicationJobsModule } from '../application-jobs/application-jobs.module.js';
import { MessageAnalytics, UserAnalytics } from './analytics.sources.js';
import { WholeApplication } from './application.source.js';
import { ExportJobs } from './export.job.js';
import { ExportsController } from './exports.controller.js';

/** Exports: analytics, and all of an application. */
@Module({
  imports: [ApplicationJobsModule],
  controllers: [ExportsController],
  providers: [ExportJobs, MessageAnalytics, UserAnalytics, WholeApplication],
})
export class ExportsModule {}
