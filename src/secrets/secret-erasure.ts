import { Injectable, OnModuleInit } from '@nestjs/common';
import { DomainEvent } from '../events/domain-event.js';
import { EventDispatcher } from '../events/event-dispatcher.js';
import { EventSubscriber } from '../events/event-subscriber.js';
import { SecretsRepository } from './secrets.repository.js';

/** Erases the secrets of users who have been deleted, however that was done. */
@Injectable()
export class SecretErasure implements EventSubscriber, OnModuleInit {
  readonly name = 'secret-erasure';
  readonly gatherMs = 250;

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly secrets: SecretsRepository,
  ) {}

  onModuleInit(): void {
    this.dispatcher.subscribe(this);
  }

  async handle(events: readonly DomainEvent[]): Promise<void> {
    for (const { type, applicationId, subjectId } of events)
      if (type === 'user.deleted') await this.secrets.removeAll(applicationId, subjectId);
  }
}
