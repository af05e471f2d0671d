import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { UsersModule } from '../users/users.module.js';
import { ReadPositionsController } from './read-positions.controller.js';
import { ReadPositionsRepository } from './read-positions.repository.js';
import { ReadPositions } from './read-positions.service.js';
import { ReceiptsController } from './receipts.controller.js';
import { ReceiptsRepository } from './receipts.repository.js';
import { ReceiptsService } from './receipts.service.js';
import { UnreadMessagesRepository } from './unread-messages.repository.js';
import { UserReading } from './user-reading.service.js';

/** Who has read what: positions of members, receipts of messages, what is unread. */
@Module({
  imports: [ChannelsModule, MessageReadingModule, MessagesModule, UsersModule],
  controllers: [ReadPositionsController, ReceiptsController],
  providers: [
    ReadPositions,
    ReadPositionsRepository,
    ReceiptsRepository,
    ReceiptsService,
    UnreadMessagesRepository,
    UserReading,
  ],
  exports: [ReadPositions, ReadPositionsRepository, ReceiptsService, UserReading],
})
export class ReceiptsModule {}
