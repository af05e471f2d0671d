import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { FilesModule } from '../files/files.module.js';
import { SearchModule } from '../search/search.module.js';
import { ThreadStorageModule } from '../threads/thread-storage.module.js';
import { UsersModule } from '../users/users.module.js';
import { AllMessagesDeletion } from './all-messages-deletion.js';
import { AllMessagesDeletionJob } from './all-messages-deletion.job.js';
import { MessageComposer } from './message-composer.js';
import { MessageLinks } from './message-links.js';
import { MessageLists } from './message-lists.js';
import { MessageReadingModule } from './message-reading.module.js';
import { MessageSearch } from './message-search.js';
import { MessageSending } from './message-sending.js';
import { MessagesController } from './messages.controller.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';
import { ThreadsController } from './threads.controller.js';
import { UserMessages } from './user-messages.service.js';
import { UserSending } from './user-sending.service.js';

@Module({
  imports: [
    ApplicationsModule,
    ChannelsModule,
    FilesModule,
    MessageReadingModule,
    SearchModule,
    ThreadStorageModule,
    UsersModule,
  ],
  controllers: [MessagesController, ThreadsController],
  providers: [
    AllMessagesDeletion,
    AllMessagesDeletionJob,
    MessageComposer,
    MessageLinks,
    MessageLists,
    MessageSearch,
    MessageSending,
    MessagesRepository,
    MessagesService,
    UserMessages,
    UserSending,
  ],
  exports: [MessageLinks, MessageLists, MessageSending, MessagesRepository, MessagesService, UserMessages, UserSending],
})
export class MessagesModule {}
