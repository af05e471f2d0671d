import { Injectable } from '@nestjs/common';
import { ChannelAccess } from '../channels/channel-access.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { MessageReader } from '../messages/message-reader.js';
import { MessageResource } from '../messages/message.resource.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { Properties, PROPERTIES_MAX_BYTES } from '../resource/json.js';
import { UsersRepository } from '../users/users.repository.js';
import { ReportRow, ReportsRepository } from './reports.repository.js';

export const REASON_MAX = 1_000;

/** What users complain of. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly reports: ReportsRepository,
    private readonly access: ChannelAccess,
    private readonly users: UsersRepository,
    private readonly reader: MessageReader,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** Reports a message on behalf of a member. The first report of a user stands; another changes nothing. */
  async report(
    applicationId: number,
    messageId: number,
    userId: number,
    reason: string,
    properties: Properties = {},
  ): Promise<ReportRow> {
    const stored = JSON.stringify(properties);
    requireReason(reason);
    if (Buffer.byteLength(stored) > PROPERTIES_MAX_BYTES)
      throw ClientError.of(
        'MessageReport',
        'properties',
        'too_large',
        `must have at most ${PROPERTIES_MAX_BYTES} bytes`,
      );
    return this.unitOfWork.run(async () => {
      const place = await this.reports.findMessage(applicationId, messageId);
      if (!place || !(await this.users.find(applicationId, userId))) throw new ResourceNotFoundError();
      await this.access.retrieveForUpdate(applicationId, place.channel_id);
      await this.access.requireMember(place.channel_id, userId, 'MessageReport');
      // As it is now that nobody else changes it.
      const message = await this.reports.findMessage(applicationId, messageId);
      if (!message) throw new ResourceNotFoundError();
      const existing = await this.reports.find(applicationId, messageId, userId);
      if (existing) return existing;
      const report = await this.reports.insert(applicationId, message, {
        message_id: messageId,
        channel_id: message.channel_id,
        user_id: userId,
        reason,
        properties: stored,
        created_time: Date.now(),
      });
      await this.events.append({
        applicationId,
        channelId: message.channel_id,
        type: 'message.reported',
        subjectId: messageId,
        payload: { reportId: report.id, userId, reason, properties },
        createdTime: report.created_time,
      });
      return report;
    });
  }

  async listMessages(applicationId: number, channelId: number, query: PageQuery): Promise<Page<MessageResource>> {
    const { reported_message_count } = await this.access.retrieve(applicationId, channelId);
    const page = await this.reports.listMessages(applicationId, channelId, reported_message_count, query);
    return page.with(await this.reader.resources(applicationId, page.items));
  }
}

function requireReason(reason: string): void {
  if (!/\S/.test(reason)) throw ClientError.of('MessageReport', 'reason', 'missing_field', 'is required');
  if (reason.length > REASON_MAX)
    throw ClientError.of('MessageReport', 'reason', 'too_long', `must have at most ${REASON_MAX} characters`);
}
