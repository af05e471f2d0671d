import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../../events/domain-event.js';
import { ReadPositionsRepository } from '../../receipts/read-positions.repository.js';
import { MessageReadReceiptResource } from '../../receipts/receipt.resource.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { channelTopic, userTopic } from '../resources/topics.js';

/** Of so many messages receipts are told when all of a channel is read at once: the newest ones. */
const RECEIPTS_MAX = 50;

/** What people are told of what is read. */
@Injectable()
export class ReadingMappings {
  constructor(private readonly positions: ReadPositionsRepository) {}

  /**
   * Those who are in the channel learn of each message; the other devices of the reader of the last one only, since to
   * them it says that less is unread.
   */
  @On('message.read', 'message.unread')
  async changed(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { channelId, createdTime, payload } = event;
    const { userId, fromMessageId, toMessageId } = payload as unknown as Passage;
    const inChannel = view.wanted(channelTopic(channelId!, 'readReceipts'));
    const ofReader = view.wanted(userTopic(userId, 'readReceipts'));
    if (inChannel.length + ofReader.length === 0) return [];
    const user = await view.user(event, userId);
    if (!user) return [];
    const type = `message.read_receipt.${event.type === 'message.read' ? 'created' : 'deleted'}`;
    const passed = await this.positions.ofOthersBetween(channelId!, userId, fromMessageId, toMessageId, RECEIPTS_MAX);
    return passed.flatMap((messageId, index) => {
      const topics = index === passed.length - 1 ? [...inChannel, ...ofReader] : inChannel;
      const receipt = { user, createdTime, messageId, userId };
      return topics.length > 0 ? [view.publication(event, topics, type, MessageReadReceiptResource, receipt)] : [];
    });
  }
}

/** From which message to which somebody has read. */
interface Passage {
  userId: number;
  fromMessageId: number;
  toMessageId: number;
}
