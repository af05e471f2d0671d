import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { Mentions } from './mentions.js';
import { MessageReader } from './message-reader.js';

/** Reading messages, apart from sending them: channels show their last message, messages need their channel. */
@Module({ imports: [UsersModule], providers: [Mentions, MessageReader], exports: [Mentions, MessageReader] })
export class MessageReadingModule {}
