import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { FilesModule } from '../files/files.module.js';
import { ThreadStorageModule } from '../threads/thread-storage.module.js';
import { UsersModule } from '../users/users.module.js';
import { MessageComposer } from './message-composer.js';
import { MessageLists } from './message-lists.js';
import { MessageReadingModule } from './message-reading.module.js';
import { MessageSending } from './message-sending.js';
import { MessagesController } from './messages.controller.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';
import { ThreadsController } from './threads.controller.js';

@Module({
  imports: [ChannelsModule, FilesModule, MessageReadingModule, ThreadStorageModule, UsersModule],
  controllers: [MessagesController, ThreadsController],
  providers: [MessageComposer, MessageLists, MessageSending, MessagesRepository, MessagesService],
})
export class MessagesModule {}
