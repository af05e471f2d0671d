import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApplicationsModule } from '../applications/applications.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { Authentication } from './connections/authentication.js';
import { ChatSessions } from './connections/chat-sessions.js';
import { Connections } from './connections/connections.js';
import { FrameHandler } from './connections/frame-handler.js';
import { Listening } from './connections/listening.js';
import { SignIn } from './connections/sign-in.js';
import { Topics } from './connections/topics.js';
import { UserSessions } from './connections/user-sessions.js';
import { AccessRevocation } from './delivery/access-revocation.js';
import { EventDelivery } from './delivery/event-delivery.js';
import { EventViews } from './delivery/event-view.js';
import { NotificationDelivery } from './delivery/notification-delivery.js';
import { DeclaredMethods } from './destinations/declared-methods.js';
import { Destinations } from './destinations/destinations.js';
import { Performing } from './destinations/performing.js';
import { ChannelsHandlers } from './handlers/channels.handlers.js';
import { CurrentUserHandlers } from './handlers/current-user.handlers.js';
import { FileGrantsHandlers } from './handlers/file-grants.handlers.js';
import { MessagesMappings } from './handlers/messages.mappings.js';
import { PresenceMappings } from './handlers/presence.mappings.js';
import { RealtimeMetrics } from './realtime-metrics.js';
import { Renderer } from './resources/renderer.js';
import { SockJsController } from './transport/sockjs.controller.js';
import { RealtimeGateway } from './transport/realtime-gateway.js';

/** What clients can read, do and listen to, and what they are told. */
const HANDLERS = [ChannelsHandlers, CurrentUserHandlers, FileGrantsHandlers, MessagesMappings, PresenceMappings];

/** The connections of end users' apps. */
@Module({
  imports: [
    ApplicationsModule,
    ChannelsModule,
    DiscoveryModule,
    MessageReadingModule,
    MessagesModule,
    NotificationsModule,
    OperationsModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [SockJsController],
  providers: [
    AccessRevocation,
    Authentication,
    ChatSessions,
    Connections,
    DeclaredMethods,
    Destinations,
    EventDelivery,
    EventViews,
    FrameHandler,
    Listening,
    NotificationDelivery,
    Performing,
    RealtimeGateway,
    RealtimeMetrics,
    Renderer,
    SignIn,
    Topics,
    UserSessions,
    ...HANDLERS,
  ],
  exports: [Authentication],
})
export class RealtimeModule {}
