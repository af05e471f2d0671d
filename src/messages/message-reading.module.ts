import { Module } from '@nestjs/common';
import { ReactionReadingModule } from '../reactions/reaction-reading.module.js';
import { UsersModule } from '../users/users.module.js';
import { Mentions } from './mentions.js';
import { MessageReader } from './message-reader.js';

/** Reading messages, apart from sending them: channels show their last message, messages need their channel. */
@Module({
  imports: [ReactionReadingModule, UsersModule],
  providers: [Mentions, MessageReader],
  exports: [Mentions, MessageReader],
})
export class MessageReadingModule {}
