import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { FilesModule } from '../files/files.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { SessionStorageModule } from '../sessions/session-storage.module.js';
import { ThreadStorageModule } from '../threads/thread-storage.module.js';
import { UsersModule } from '../users/users.module.js';
import { UserBlockStorageModule } from '../user-blocks/user-block-storage.module.js';
import { ChannelAccess } from './channel-access.js';
import { ChannelBlocksRepository } from './channel-blocks.repository.js';
import { ChannelCreation } from './channel-creation.js';
import { ChannelDeletionJob } from './channel-deletion.job.js';
import { ChannelLists } from './channel-lists.js';
import { ChannelModeration } from './channel-moderation.service.js';
import { ChannelParticipation } from './channel-participation.service.js';
import { ChannelReader } from './channel-reader.js';
import { ChannelsController } from './channels.controller.js';
import { ChannelsRepository } from './channels.repository.js';
import { ChannelsService } from './channels.service.js';
import { HiddenChannelsRepository } from './hidden-channels.repository.js';
import { InvitesController } from './invites.controller.js';
import { InvitesRepository } from './invites.repository.js';
import { InvitesService } from './invites.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { ModeratorsController } from './moderators.controller.js';
import { ModeratorsRepository } from './moderators.repository.js';
import { ModeratorsService } from './moderators.service.js';
import { UserChannelAccess } from './user-channel-access.js';
import { UserChannelsRepository } from './user-channels.repository.js';
import { UserChannels } from './user-channels.service.js';
import { UserDeletionJob } from './user-deletion.job.js';

@Module({
  imports: [
    ApplicationsModule,
    FilesModule,
    MessageReadingModule,
    SessionStorageModule,
    ThreadStorageModule,
    UserBlockStorageModule,
    UsersModule,
  ],
  controllers: [ChannelsController, InvitesController, MembersController, ModeratorsController],
  providers: [
    ChannelAccess,
    ChannelBlocksRepository,
    ChannelCreation,
    ChannelDeletionJob,
    ChannelLists,
    ChannelModeration,
    ChannelParticipation,
    ChannelReader,
    ChannelsRepository,
    ChannelsService,
    HiddenChannelsRepository,
    InvitesRepository,
    InvitesService,
    MembersService,
    MembershipsRepository,
    ModeratorsRepository,
    ModeratorsService,
    UserChannelAccess,
    UserChannels,
    UserChannelsRepository,
    UserDeletionJob,
  ],
  exports: [
    ChannelAccess,
    ChannelModeration,
    ChannelParticipation,
    ChannelReader,
    ChannelsRepository,
    ChannelsService,
    HiddenChannelsRepository,
    InvitesService,
    MembersService,
    MembershipsRepository,
    ModeratorsService,
    UserChannelAccess,
    UserChannels,
  ],
})
export class ChannelsModule {}
