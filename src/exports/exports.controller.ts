import { Post } from '@nestjs/common';
import { ApplicationJobResource, JobType } from '../application-jobs/application-job.resource.js';
import { ApplicationJobsService } from '../application-jobs/application-jobs.service.js';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { EnumField } from '../resource/fields.js';
import { Query } from '../resource/input.decorators.js';
import { About } from '../resource/registry.js';
import { EXPORT_FORMATS, ExportFormatName, formatOf } from './export-format.js';

/** How an export is to be written. */
@About('Export')
export class ExportQuery {
  @EnumField({
    description: 'A table with a header (CSV), or one JSON object a line (JSONL). CSV if absent',
    values: EXPORT_FORMATS,
    optional: true,
  })
  format?: (typeof EXPORT_FORMATS)[number];
}

const EXPORT = { status: 202, answer: resource(ApplicationJobResource) } as const;

@PlatformController('')
export class ExportsController {
  constructor(private readonly jobs: ApplicationJobsService) {}

  @Post('analytics/messages')
  @Operation({
    ...EXPORT,
    id: 'export-message-analytics',
    summary: 'Export message analytics',
    description: 'Batch export message analytics data',
    tag: 'analytics',
    scopes: ['read:message'],
  })
  messages(@Caller() { applicationId }: Principal, @Query() { format }: ExportQuery): Promise<ApplicationJobResource> {
    return this.schedule(applicationId, 'MESSAGE_ANALYTICS_EXPORT', format ?? 'CSV');
  }

  @Post('analytics/users')
  @Operation({
    ...EXPORT,
    id: 'export-user-analytics',
    summary: 'Export user analytics',
    description: 'Batch export user analytics data',
    tag: 'analytics',
    scopes: ['read:user'],
  })
  users(@Caller() { applicationId }: Principal, @Query() { format }: ExportQuery): Promise<ApplicationJobResource> {
    return this.schedule(applicationId, 'USER_ANALYTICS_EXPORT', format ?? 'CSV');
  }

  @Post('exports/application')
  @Operation({
    ...EXPORT,
    id: 'export-application',
    summary: 'Export an application',
    description: 'Batch export users, channels, members and messages, as a file that another application can import',
    tag: 'exports',
    scopes: ['read:user', 'read:channel', 'read:channel_membership', 'read:message'],
  })
  application(@Caller() { applicationId }: Principal): Promise<ApplicationJobResource> {
    return this.schedule(applicationId, 'APPLICATION_EXPORT', 'JSON');
  }

  private schedule(applicationId: number, type: JobType, format: ExportFormatName): Promise<ApplicationJobResource> {
    const { contentType, extension } = formatOf(format);
    return this.jobs.schedule(applicationId, type, { format, contentType, extension });
  }
}
