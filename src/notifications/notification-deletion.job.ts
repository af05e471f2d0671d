import { Injectable, OnModuleInit } from '@nestjs/common';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { NotificationRemoval } from './notification-removal.js';

export const NOTIFICATION_DELETION = 'NOTIFICATION_DELETION';

/** Deletes the notifications of a channel, or of a user, who has been deleted. */
@Injectable()
export class NotificationDeletionJob implements JobHandler, OnModuleInit {
  readonly type = NOTIFICATION_DELETION;

  constructor(
    private readonly runner: JobRunner,
    private readonly removal: NotificationRemoval,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async step({ applicationId, payload }: JobContext): Promise<boolean> {
    const isMore =
      payload.channelId === undefined
        ? await this.removal.ofUser(applicationId, Number(payload.userId))
        : await this.removal.ofChannel(applicationId, Number(payload.channelId));
    return !isMore;
  }
}
