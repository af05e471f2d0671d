import { Injectable } from '@nestjs/common';
import { ChannelResource } from '../../channels/channel.resource.js';
import { UserChannels } from '../../channels/user-channels.service.js';
import { cursorPage, resource } from '../../hal/answer.js';
import { History } from '../../history/history.service.js';
import { MessageResource } from '../../messages/message.resource.js';
import { UserMessages } from '../../messages/user-messages.service.js';
import { UserSending } from '../../messages/user-sending.service.js';
import { CursorQuery } from '../../pagination/cursor-query.js';
import { CursorPage } from '../../pagination/page.js';
import { CountResource } from '../../receipts/receipt.resource.js';
import { REASON_MAX, ReportsService } from '../../reports/reports.service.js';
import { PropertiesField, TextField } from '../../resource/fields.js';
import type { Properties } from '../../resource/json.js';
import { About } from '../../resource/registry.js';
import { toUserProperties } from '../../users/user.resource.js';
import { UsersService } from '../../users/users.service.js';
import type { ActionCall, RelayCall } from '../destinations/handlers.js';
import { Action, Relay } from '../destinations/handlers.js';
import { MessageReportResource } from '../resources/message-report.resource.js';
import { toldOfChannel } from './channels.handlers.js';
import { UserMessagesQuery } from './queries.js';

/** What a user complains of. */
@About('MessageReport')
export class ReportProperties {
  @TextField({ description: 'Why', max: REASON_MAX })
  reason!: string;

  @PropertiesField({ description: 'Custom data associated with this report', optional: true })
  properties?: Properties;
}

const MESSAGES = cursorPage(MessageResource, 'messages');
export const toldOfMessage = (type: string) => ({ topic: 'messages', type, resource: MessageResource });

/** What is said, and what is done with it then. */
@Injectable()
export class MessagesHandlers {
  constructor(
    private readonly messages: UserMessages,
    private readonly sending: UserSending,
    private readonly history: History,
    private readonly reports: ReportsService,
    private readonly channels: UserChannels,
    private readonly users: UsersService,
  ) {}

  @Relay('channels/{id}.messages', { query: UserMessagesQuery, answer: MESSAGES })
  listOfChannel({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<UserMessagesQuery>): Promise<CursorPage<MessageResource>> {
    const { mainThread = false, type } = query;
    return this.messages.listOfChannel(applicationId, userId, id, { mainThread, onlyFiles: type === 'FILE' }, query);
  }

  @Relay('messages/{id}.replies', { query: CursorQuery, answer: MESSAGES })
  listReplies({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<CursorQuery>): Promise<CursorPage<MessageResource>> {
    return this.messages.listOfThread(applicationId, userId, id, query);
  }

  /** Clients ask here for the files of all their channels. */
  @Relay('user.messages', { query: CursorQuery, answer: MESSAGES })
  listFiles({ applicationId, userId, query }: RelayCall<CursorQuery>): Promise<CursorPage<MessageResource>> {
    return this.messages.listFiles(applicationId, userId, query);
  }

  @Relay('messages/{id}', { answer: resource(MessageResource) })
  retrieve({ applicationId, userId, ids: [id] }: RelayCall): Promise<MessageResource> {
    return this.messages.retrieve(applicationId, userId, id);
  }

  @Relay('messages/{id}.channel', { answer: resource(ChannelResource) })
  async retrieveChannel({ applicationId, userId, ids: [id] }: RelayCall): Promise<ChannelResource> {
    const { channelId } = await this.messages.retrieve(applicationId, userId, id);
    return (await this.channels.retrieve(applicationId, userId, channelId)).channel;
  }

  @Relay('messages/{id}.replies_count', { answer: resource(CountResource) })
  async countReplies({ applicationId, userId, ids: [id] }: RelayCall): Promise<CountResource> {
    return { count: await this.messages.countReplies(applicationId, userId, id) };
  }

  @Action('channels/{id}.message', { answer: toldOfMessage('user.message.created') })
  sendToChannel({ applicationId, userId, ids: [channelId], body }: ActionCall): Promise<MessageResource> {
    return this.sending.send(applicationId, userId, { channelId }, body);
  }

  @Action('messages/{id}.reply', { answer: toldOfMessage('user.message.created') })
  reply({ applicationId, userId, ids: [messageId], body }: ActionCall): Promise<MessageResource> {
    return this.sending.send(applicationId, userId, { messageId }, body);
  }

  @Action('messages/{id}.edit', { answer: toldOfMessage('user.message.updated') })
  edit({ applicationId, userId, ids: [id], body }: ActionCall): Promise<MessageResource> {
    return this.messages.edit(applicationId, userId, id, body);
  }

  @Action('messages/{id}.update_properties', { answer: toldOfMessage('user.message.updated') })
  updateProperties({ applicationId, userId, ids: [id], body }: ActionCall): Promise<MessageResource> {
    return this.messages.updateProperties(applicationId, userId, id, body);
  }

  @Action('messages/{id}.delete', { answer: toldOfMessage('user.message.deleted') })
  delete({ applicationId, userId, ids: [id] }: ActionCall): Promise<MessageResource> {
    return this.messages.delete(applicationId, userId, id);
  }

  @Action('messages/{id}.delete_for_me', { answer: toldOfMessage('user.message.deleted_for_me') })
  deleteForMe({ applicationId, userId, ids: [id] }: ActionCall): Promise<MessageResource> {
    return this.history.deleteMessage(applicationId, userId, id);
  }

  @Action('channels/{id}.clear_history', { answer: toldOfChannel('user.channel.updated') })
  async clearHistory({ applicationId, userId, ids: [id] }: ActionCall): Promise<ChannelResource> {
    await this.history.clear(applicationId, userId, id);
    return (await this.channels.retrieve(applicationId, userId, id)).channel;
  }

  @Action('messages/{id}.report', {
    body: ReportProperties,
    answer: { topic: 'messages', type: 'user.message.reported', resource: MessageReportResource },
  })
  async report({
    applicationId,
    userId,
    ids: [id],
    body,
  }: ActionCall<ReportProperties>): Promise<MessageReportResource> {
    await this.messages.retrieve(applicationId, userId, id);
    const report = await this.reports.report(applicationId, id, userId, body.reason, body.properties);
    const user = toUserProperties(await this.users.retrieve(applicationId, userId));
    return { user, reason: report.reason, properties: report.properties, createdTime: report.created_time };
  }
}
