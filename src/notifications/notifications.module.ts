import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { UsersModule } from '../users/users.module.js';
import { NotificationDeletionJob } from './notification-deletion.job.js';
import { NotificationFanOut } from './notification-fan-out.js';
import { NotificationFeed } from './notification-feed.js';
import { NotificationReader } from './notification-reader.js';
import { NotificationRemoval } from './notification-removal.js';
import { NotificationRenderer } from './notification-renderer.js';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsRepository } from './notifications.repository.js';
import { NotificationsService } from './notifications.service.js';

@Module({
  imports: [ChannelsModule, MessageReadingModule, UsersModule],
  controllers: [NotificationsController],
  providers: [
    NotificationDeletionJob,
    NotificationFanOut,
    NotificationFeed,
    NotificationReader,
    NotificationRemoval,
    NotificationRenderer,
    NotificationsRepository,
    NotificationsService,
  ],
  exports: [NotificationFeed, NotificationRemoval, NotificationsService],
})
export class NotificationsModule {}
