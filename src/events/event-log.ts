import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { EventDispatcher } from './event-dispatcher.js';
import { NewEvent } from './domain-event.js';
import { currentOrigin } from './event-origin.js';
import { toPayload } from './event-row.js';
import { Statement } from '../database/sql.js';

const INSERT =
  'INSERT INTO events (application_id, channel_id, type, subject_id, payload, created_time) VALUES (?, ?, ?, ?, ?, ?)';

/**
 * The outbox: every change of state writes its event here, in the transaction that makes the change. What reacts to
 * changes reads the log after commit, so features never import what reacts to them.
 */
@Injectable()
export class EventLog {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly dispatcher: EventDispatcher,
  ) {}

  /** Writes an event in the unit of work that is open; answers its id. */
  async append(event: NewEvent): Promise<number> {
    const { sql, parameters } = this.statement(event);
    const { insertId } = await this.database.execute(sql, parameters);
    this.announce();
    return insertId;
  }

  /** The same as a statement of a batch, after which {@link announce} is to be called. */
  statement({ applicationId, channelId, type, subjectId, payload, createdTime }: NewEvent): Statement {
    return {
      sql: INSERT,
      parameters: [applicationId, channelId ?? null, type, subjectId, toPayload(payload, currentOrigin()), createdTime],
    };
  }

  /** The event of the row that the same batch has just inserted, whose id is not known beforehand. */
  statementForInserted({
    applicationId,
    channelId,
    type,
    payload,
    createdTime,
  }: Omit<NewEvent, 'subjectId'>): Statement {
    return {
      sql: `INSERT INTO events (application_id, channel_id, type, subject_id, payload, created_time) VALUES (?, ?, ?, ${this.database.dialect.lastInsertId}, ?, ?)`,
      parameters: [applicationId, channelId ?? null, type, toPayload(payload, currentOrigin()), createdTime],
    };
  }

  /** Wakes the readers of the log once the open unit is committed. */
  announce(): void {
    this.unitOfWork.afterCommit(() => this.dispatcher.announce());
  }
}
