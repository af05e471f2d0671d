import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { ReceiptsModule } from '../receipts/receipts.module.js';
import { History } from './history.service.js';

/** What members delete for themselves only. */
@Module({
  imports: [ChannelsModule, MessageReadingModule, MessagesModule, ReceiptsModule],
  providers: [History],
  exports: [History],
})
export class HistoryModule {}
