import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { ThreadStorageModule } from './thread-storage.module.js';
import { UserThreads } from './user-threads.service.js';

@Module({
  imports: [ChannelsModule, MessagesModule, ThreadStorageModule],
  providers: [UserThreads],
  exports: [UserThreads],
})
export class ThreadsModule {}
