import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { FilesModule } from '../files/files.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { ThreadStorageModule } from '../threads/thread-storage.module.js';
import { UsersModule } from '../users/users.module.js';
import { ChannelAccess } from './channel-access.js';
import { ChannelCreation } from './channel-creation.js';
import { ChannelDeletionJob } from './channel-deletion.job.js';
import { ChannelLists } from './channel-lists.js';
import { ChannelReader } from './channel-reader.js';
import { ChannelsController } from './channels.controller.js';
import { ChannelsRepository } from './channels.repository.js';
import { ChannelsService } from './channels.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { UserDeletionJob } from './user-deletion.job.js';

@Module({
  imports: [ApplicationsModule, FilesModule, MessageReadingModule, ThreadStorageModule, UsersModule],
  controllers: [ChannelsController, MembersController],
  providers: [
    ChannelAccess,
    ChannelCreation,
    ChannelDeletionJob,
    ChannelLists,
    ChannelReader,
    ChannelsRepository,
    ChannelsService,
    MembersService,
    MembershipsRepository,
    UserDeletionJob,
  ],
  exports: [ChannelAccess],
})
export class ChannelsModule {}
