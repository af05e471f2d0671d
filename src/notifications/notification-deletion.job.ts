import { Injectable, OnModuleInit } from '@nestjs/common';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { NotificationRemoval } from './notification-removal.js';

export const NOTIFICATION_DELETION = 'NOTIFICATION_DELETION';

/** Deletes the notifications of a channel, or of a user, who has been deleted, or of all messages up to one. */
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
    return !(await this.deleteSome(applicationId, payload));
  }

  private deleteSome(applicationId: number, payload: JobContext['payload']): Promise<boolean> {
    const { channelId, userId, upToMessageId } = payload;
    if (channelId !== undefined) return this.removal.ofChannel(applicationId, Number(channelId));
    if (userId !== undefined) return this.removal.ofUser(applicationId, Number(userId));
    return this.removal.upToMessage(applicationId, Number(upToMessageId));
  }
}
