import { Injectable } from '@nestjs/common';
import { Limits } from '../config/config.js';
import { isMissingReference } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { Statement } from '../database/sql.js';
import { ApiException } from '../errors/api-error.js';
import { LimitsService } from './limits.service.js';
import { RefusalCounts } from './refusal-counts.js';

/** What an application may have no more than so many of. */
export type Quota = Exclude<keyof Limits, 'requests' | 'seconds'>;

/** How answers speak of a quota, and the counter that it holds down. */
const QUOTAS: Record<Quota, { column: string; says: string }> = {
  users: { column: 'user_count', says: 'users' },
  channels: { column: 'channel_count', says: 'channels' },
  messagesPerMonth: { column: 'messages_sent', says: 'messages in a month' },
};

/** 400: the application has used up what it may have. */
export class QuotaExceededError extends ApiException {
  constructor(quota: Quota, max: number) {
    const message = `allows at most ${max} ${QUOTAS[quota].says}`;
    super(400, 'QuotaExceededError', 'A quota of the application is used up', {
      problems: [{ resource: 'Application', field: `quotas.${quota}`, code: 'unprocessable', message }],
    });
  }
}

/**
 * Quotas are kept by the counters themselves: a statement that would move a counter past its quota fails, and the unit
 * with it. So they are exact however many write at once, and cost no round trip.
 */
@Injectable()
export class Quotas {
  constructor(
    private readonly limits: LimitsService,
    private readonly database: Database,
    private readonly refusals: RefusalCounts,
  ) {}

  /** How many there may be; 0 if that does not matter. */
  async of(applicationId: number, quota: Quota): Promise<number> {
    return (await this.limits.of(applicationId))[quota];
  }

  /** Counts messages of this month, where there is a quota of them. Last in a unit. */
  async messagesSent(applicationId: number, count = 1): Promise<Statement[]> {
    const max = await this.of(applicationId, 'messagesPerMonth');
    if (max === 0) return [];
    const month = new Date().toISOString().slice(0, 7);
    return [
      {
        sql: `INSERT INTO message_usage (application_id, month, messages_sent) VALUES (?, ?, ${atMost('?')}) ${this.database.dialect.onDuplicate('application_id, month')} messages_sent = ${atMost('message_usage.messages_sent + ?')}`,
        parameters: [applicationId, month, count, max, count, count, max, count],
      },
    ];
  }

  /** The refusal that an error stands for, if a quota was the reason; otherwise the error. */
  async explain(error: unknown, applicationId: number, quota: Quota): Promise<unknown> {
    if (!isMissingReference(error, QUOTAS[quota].column)) return error;
    this.refusals.add('quota');
    return new QuotaExceededError(quota, await this.of(applicationId, quota));
  }
}

/** The count, or nothing if it is over: no counter can be nothing. Takes each of its values twice. */
const atMost = (count: string): string => `CASE WHEN ${count} <= ? THEN ${count} END`;
