import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { EventBell } from './event-bell.js';
import { EventDispatcher } from './event-dispatcher.js';
import { EventHistory } from './event-history.js';
import { EventLog } from './event-log.js';

/** The log of domain events and its delivery. */
@Global()
@Module({
  providers: [
    { provide: EventBell, inject: [Config], useFactory: (config: Config) => EventBell.of(config) },
    EventDispatcher,
    EventHistory,
    EventLog,
  ],
  exports: [EventBell, EventDispatcher, EventHistory, EventLog],
})
export class EventsModule {}
