import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { EventLog } from '../events/event-log.js';
import { MessageLinkPreviewProperties, MessageLinkProperties } from './message-link.resource.js';

interface LinksRow {
  channel_id: number;
  links: string | null;
}

/** The links of messages and their previews, which come after the messages. */
@Injectable()
export class MessageLinks {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** None if the message is not there any more. */
  async find(applicationId: number, messageId: number): Promise<MessageLinkProperties[]> {
    return parsed(await this.row(applicationId, messageId));
  }

  /**
   * Gives previews to the links with these addresses that the message has now: an edit may have taken some away, or
   * moved them. To readers that is no edit.
   */
  async addPreviews(
    applicationId: number,
    messageId: number,
    previews: ReadonlyMap<string, MessageLinkPreviewProperties>,
  ): Promise<void> {
    if (previews.size === 0) return;
    await this.unitOfWork.run(async () => {
      const before = await this.row(applicationId, messageId);
      if (!before) return;
      // Held like by everybody who changes something there; then read as it is now.
      const [channel] = await this.database.query(
        `SELECT id FROM channels WHERE id = ? AND application_id = ? AND deleted_time IS NULL ${this.database.dialect.forUpdate}`,
        [before.channel_id, applicationId],
      );
      const links = channel ? parsed(await this.row(applicationId, messageId)) : [];
      const isNew = ({ source, preview }: MessageLinkProperties) => !preview && previews.has(source);
      if (!links.some(isNew)) return;
      const updated = links.map((link) => (isNew(link) ? { ...link, preview: previews.get(link.source)! } : link));
      await this.database.execute('UPDATE messages SET links = ? WHERE id = ? AND application_id = ?', [
        JSON.stringify(updated),
        messageId,
        applicationId,
      ]);
      await this.events.append({
        applicationId,
        channelId: before.channel_id,
        type: 'message.links_previewed',
        subjectId: messageId,
        payload: { links: updated },
        createdTime: Date.now(),
      });
    });
  }

  private async row(applicationId: number, messageId: number): Promise<LinksRow | undefined> {
    const [row] = await this.database.query<LinksRow>(
      'SELECT channel_id, links FROM messages WHERE id = ? AND application_id = ?',
      [messageId, applicationId],
    );
    return row;
  }
}

const parsed = (row: LinksRow | undefined): MessageLinkProperties[] =>
  row?.links ? (JSON.parse(row.links) as MessageLinkProperties[]) : [];
