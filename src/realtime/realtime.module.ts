import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApplicationsModule } from '../applications/applications.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { MessagesModule } from '../messages/messages.module.js';
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
import { DeclaredMethods } from './destinations/declared-methods.js';
import { Destinations } from './destinations/destinations.js';
import { Performing } from './destinations/performing.js';
import { ChannelListsHandlers } from './handlers/channel-lists.handlers.js';
import { ChannelPeopleHandlers } from './handlers/channel-people.handlers.js';
import { ChannelsHandlers } from './handlers/channels.handlers.js';
import { CurrentUserHandlers } from './handlers/current-user.handlers.js';
import { FileGrantsHandlers } from './handlers/file-grants.handlers.js';
import { MessagesHandlers } from './handlers/messages.handlers.js';
import { MessagesMappings } from './handlers/messages.mappings.js';
import { ParticipantsMappings } from './handlers/participants.mappings.js';
import { ReactionsHandlers } from './handlers/reactions.handlers.js';
import { ReadingHandlers } from './handlers/reading.handlers.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { ThreadsHandlers } from './handlers/threads.handlers.js';
import { UsersHandlers } from './handlers/users.handlers.js';
import { Renderer } from './resources/renderer.js';
import { RealtimeGateway } from './transport/realtime-gateway.js';

/** What clients can read, do and listen to, and what they are told. */
const HANDLERS = [
  ChannelListsHandlers,
  ChannelPeopleHandlers,
  ChannelsHandlers,
  CurrentUserHandlers,
  FileGrantsHandlers,
  MessagesHandlers,
  MessagesMappings,
  ParticipantsMappings,
  ReactionsHandlers,
  ReadingHandlers,
  SignalsHandlers,
  ThreadsHandlers,
  UsersHandlers,
];

/** The connections of end users' apps. */
@Module({
  imports: [
    ApplicationsModule,
    ChannelsModule,
    DiscoveryModule,
    MessageReadingModule,
    MessagesModule,
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
    Performing,
    RealtimeGateway,
    Renderer,
    SignIn,
    Topics,
    UserSessions,
    ...HANDLERS,
  ],
  exports: [Authentication],
})
export class RealtimeModule {}
