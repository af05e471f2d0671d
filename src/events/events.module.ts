import { Global, Module } from '@nestjs/common';
import { EventDispatcher } from './event-dispatcher.js';
import { EventLog } from './event-log.js';

/** The log of domain events and its delivery. */
@Global()
@Module({ providers: [EventDispatcher, EventLog], exports: [EventDispatcher, EventLog] })
export class EventsModule {}
