import { Global, Module } from '@nestjs/common';
import { EventDispatcher } from './event-dispatcher.js';
import { EventHistory } from './event-history.js';
import { EventLog } from './event-log.js';

/** The log of domain events and its delivery. */
@Global()
@Module({ providers: [EventDispatcher, EventHistory, EventLog], exports: [EventDispatcher, EventHistory, EventLog] })
export class EventsModule {}
