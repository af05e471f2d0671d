import { Injectable } from '@nestjs/common';
import { ApplicationJobResource } from '../application-jobs/application-job.resource.js';
import { ApplicationJobsService } from '../application-jobs/application-jobs.service.js';
import { ChannelAccess } from '../channels/channel-access.js';
import { UploadedFile } from '../uploads/uploaded-file.js';
import { ImportPayload, ImportType } from './import-types.js';

/** Schedules imports of files that are in storage, and were found to be JSON arrays. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly jobs: ApplicationJobsService,
    private readonly access: ChannelAccess,
  ) {}

  schedule(
    applicationId: number,
    type: ImportType,
    { key, found }: UploadedFile,
    { dryRun = false, channelId }: { dryRun?: boolean; channelId?: number },
  ): Promise<ApplicationJobResource> {
    const payload: ImportPayload = { file: key, isDryRun: dryRun, ...(channelId !== undefined && { channelId }) };
    return this.jobs.schedule(applicationId, type, { ...payload }, found.items ?? 0);
  }

  async scheduleMembers(
    applicationId: number,
    channelId: number,
    file: UploadedFile,
    { dryRun = false }: { dryRun?: boolean },
  ): Promise<ApplicationJobResource> {
    this.access.requireGroup(await this.access.retrieve(applicationId, channelId), 'members');
    return this.schedule(applicationId, 'CHANNEL_MEMBERS_IMPORT', file, { dryRun, channelId });
  }
}
