import { Injectable } from '@nestjs/common';
import { readWhole } from '../resource/input.js';
import type { Properties } from '../resource/json.js';
import { UploadedFile } from '../uploads/uploaded-file.js';
import { CreateMessageResource, MessageResource } from './message.resource.js';
import { MessageSending } from './message-sending.js';
import { UserMessages } from './user-messages.service.js';

/** Where a user says something: in a channel, in a thread, or in reply to a message. */
export type SendingTarget = { channelId: number } | { threadId: number } | { messageId: number };

/** A file that an app has sent along, and what is to be said with it. */
export interface SentFile {
  file: UploadedFile;
  groupTag?: string;
  properties?: Properties;
}

/** Sending as a user. */
@Injectable()
export class UserSending {
  constructor(
    private readonly sending: MessageSending,
    private readonly messages: UserMessages,
  ) {}

  /** `given` is the message as an app sent it: a text, or a file that is kept elsewhere. */
  async send(applicationId: number, userId: number, target: SendingTarget, given: unknown): Promise<MessageResource> {
    return this.sendTo(applicationId, userId, target, readWhole(CreateMessageResource, given));
  }

  async sendFile(
    applicationId: number,
    userId: number,
    target: SendingTarget,
    given: SentFile,
  ): Promise<MessageResource> {
    return this.sendTo(applicationId, userId, target, { type: 'FILE', ...given });
  }

  private async sendTo(
    applicationId: number,
    userId: number,
    target: SendingTarget,
    given: CreateMessageResource,
  ): Promise<MessageResource> {
    const message = { ...given, user: { id: userId } };
    if ('channelId' in target) return this.sending.sendToChannel(applicationId, target.channelId, message);
    if ('threadId' in target) return this.sending.sendToThread(applicationId, target.threadId, message);
    // One cannot reply to what one does not see.
    await this.messages.retrieveSeen(applicationId, userId, target.messageId);
    return this.sending.sendToThread(applicationId, target.messageId, message);
  }
}
