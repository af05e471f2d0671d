import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApplicationsModule } from '../applications/applications.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { HistoryModule } from '../history/history.module.js';
import { ReactionsModule } from '../reactions/reactions.module.js';
import { ReceiptsModule } from '../receipts/receipts.module.js';
import { ReportsModule } from '../reports/reports.module.js';
import { SignalsModule } from '../signals/signals.module.js';
import { ThreadsModule } from '../threads/threads.module.js';
import { UserBlocksModule } from '../user-blocks/user-blocks.module.js';
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
import { Typing } from './delivery/typing.js';
import { DeclaredMethods } from './destinations/declared-methods.js';
import { Destinations } from './destinations/destinations.js';
import { Performing } from './destinations/performing.js';
import { ChannelListsHandlers } from './handlers/channel-lists.handlers.js';
import { ChannelPeopleHandlers } from './handlers/channel-people.handlers.js';
import { ChannelPeopleMappings } from './handlers/channel-people.mappings.js';
import { ChannelsHandlers } from './handlers/channels.handlers.js';
import { ChannelsMappings } from './handlers/channels.mappings.js';
import { CurrentUserHandlers } from './handlers/current-user.handlers.js';
import { FileGrantsHandlers } from './handlers/file-grants.handlers.js';
import { MessagesHandlers } from './handlers/messages.handlers.js';
import { MessagesMappings } from './handlers/messages.mappings.js';
import { PresenceMappings } from './handlers/presence.mappings.js';
import { ReactionsHandlers } from './handlers/reactions.handlers.js';
import { ReactionsMappings } from './handlers/reactions.mappings.js';
import { ReadingHandlers } from './handlers/reading.handlers.js';
import { ReadingMappings } from './handlers/reading.mappings.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { SignalsMappings } from './handlers/signals.mappings.js';
import { ThreadsHandlers } from './handlers/threads.handlers.js';
import { UsersHandlers } from './handlers/users.handlers.js';
import { UsersMappings } from './handlers/users.mappings.js';
import { RealtimeMetrics } from './realtime-metrics.js';
import { Renderer } from './resources/renderer.js';
import { StreamsController } from './transport/streams.controller.js';
import { SockJsController } from './transport/sockjs.controller.js';
import { RealtimeGateway } from './transport/realtime-gateway.js';

/** What clients can read, do and listen to, and what they are told. */
const HANDLERS = [
  ChannelListsHandlers,
  ChannelPeopleHandlers,
  ChannelPeopleMappings,
  ChannelsHandlers,
  ChannelsMappings,
  CurrentUserHandlers,
  FileGrantsHandlers,
  MessagesHandlers,
  MessagesMappings,
  PresenceMappings,
  ReactionsHandlers,
  ReactionsMappings,
  ReadingHandlers,
  ReadingMappings,
  SignalsHandlers,
  SignalsMappings,
  ThreadsHandlers,
  UsersHandlers,
  UsersMappings,
];

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
    GrantsModule,
    HistoryModule,
    ReactionsModule,
    ReceiptsModule,
    ReportsModule,
    SignalsModule,
    ThreadsModule,
    UserBlocksModule,
    UsersModule,
  ],
  controllers: [SockJsController, StreamsController],
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
    Typing,
    UserSessions,
    ...HANDLERS,
  ],
  exports: [Authentication],
})
export class RealtimeModule {}
