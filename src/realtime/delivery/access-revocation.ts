import { Injectable } from '@nestjs/common';
import { DomainEvent, DomainEventType } from '../../events/domain-event.js';
import { Connection } from '../connections/connection.js';
import { Connections } from '../connections/connections.js';
import { Listening } from '../connections/listening.js';
import { CLOSE } from '../connections/wire.js';
import { AccessDeniedError, errorBody } from '../errors.js';

/** Takes from connections what they may not have any more, once they have been told why. */
@Injectable()
export class AccessRevocation {
  constructor(
    private readonly connections: Connections,
    private readonly listening: Listening,
  ) {}

  after(event: DomainEvent): void {
    this.effects[event.type]?.(event);
  }

  private readonly effects: Partial<Record<DomainEventType, (event: DomainEvent) => void>> = {
    'channel.member_removed': ({ applicationId, subjectId, channelId }) => {
      for (const connection of this.connections.ofUser(applicationId, subjectId))
        this.listening.expel(connection, channelId!);
    },
    'channel.deleted': ({ applicationId, subjectId }) => {
      for (const connection of this.connections.ofApplication(applicationId))
        this.listening.expel(connection, subjectId);
    },
    'user.deleted': ({ applicationId, subjectId }) => {
      for (const connection of this.connections.ofUser(applicationId, subjectId))
        deny(connection, 'This user has been deleted');
    },
    'application.deleted': ({ applicationId }) => {
      for (const connection of this.connections.ofApplication(applicationId))
        deny(connection, 'This application has been deleted');
    },
  };
}

/** After this error, apps do not connect again. */
function deny(connection: Connection, message: string): void {
  connection.send('ERROR', { message, 'content-type': 'application/json' }, errorBody(new AccessDeniedError(message)));
  connection.close(CLOSE.refused, 'denied');
}
