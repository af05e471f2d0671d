import { Injectable } from '@nestjs/common';
import { Mentions } from './mentions.js';
import { MessageRow, StoredMention } from './message.rows.js';
import { findLinks } from './message-text.js';
import { CreateExternalFileProperties, FileProperties } from '../files/file.resource.js';
import { hosted, HostedFile, hostedProperties } from '../files/hosted-file.js';
import { UploadedFile } from '../uploads/uploaded-file.js';
import { CreateMessageResource } from './message.resource.js';

/** What a message says, as it is stored. */
export type MessageContent = Pick<MessageRow, 'body' | 'file' | 'links' | 'mentions'>;
/** The same of a new message, with the file that comes with it. */
export type NewMessageContent = MessageContent & { hosted?: HostedFile };

/** Decides what a message contains: its text with links and mentions, or its file. */
@Injectable()
export class MessageComposer {
  constructor(private readonly mentions: Mentions) {}

  async compose(applicationId: number, { type, body, file }: CreateMessageResource): Promise<NewMessageContent> {
    if (type === 'FILE') return { body: null, links: null, mentions: null, ...withFile(file!) };
    return { file: null, ...(await this.text(applicationId, body!)) };
  }

  /** A body, with what is found in it. */
  async text(applicationId: number, body: string): Promise<Omit<MessageContent, 'file'>> {
    const links = findLinks(body);
    const mentions: StoredMention[] = await this.mentions.inBody(applicationId, body);
    return {
      body,
      links: links.length > 0 ? JSON.stringify(links) : null,
      mentions: mentions.length > 0 ? JSON.stringify(mentions) : null,
    };
  }
}

function withFile(file: CreateExternalFileProperties | UploadedFile): Pick<NewMessageContent, 'file' | 'hosted'> {
  if (file instanceof UploadedFile) {
    const kept = hosted(file);
    return { file: JSON.stringify(hostedProperties(kept)), hosted: kept };
  }
  const properties: FileProperties = { type: 'EXTERNAL', ...file };
  return { file: JSON.stringify(properties) };
}
