import { Injectable, OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { APPLICATION_DELETION } from './applications.service.js';

const ROWS_A_STEP = 1_000;

/** The tables that hold rows of an application, and the key by which they are taken in portions. */
const TABLES: [table: string, key: string][] = [
  ['messages', 'id'],
  ['threads', 'id'],
  ['memberships', 'channel_id'],
  ['channels', 'id'],
  ['users', 'id'],
  ['access_tokens', 'token_hash'],
  ['idempotency_keys', 'idempotency_key'],
];

/** Deletes what an application had. The application itself stays as a mark that its id is used up. */
@Injectable()
export class ApplicationDeletionJob implements JobHandler, OnModuleInit {
  readonly type = APPLICATION_DELETION;

  constructor(
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  step({ applicationId }: JobContext): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      for (const [table, key] of TABLES) {
        const found = await this.database.query<Record<string, string | number>>(
          `SELECT DISTINCT ${key} FROM ${table} WHERE application_id = ? LIMIT ${rows(ROWS_A_STEP)}`,
          [applicationId],
        );
        if (found.length === 0) continue;
        const keys = found.map((row) => row[key]!);
        await this.database.execute(`DELETE FROM ${table} WHERE application_id = ? AND ${key} IN (${marks(keys)})`, [
          applicationId,
          ...keys,
        ]);
        return false;
      }
      await this.database.execute(
        "UPDATE applications SET properties = '{}', user_count = 0, channel_count = 0, message_count = 0 WHERE id = ?",
        [applicationId],
      );
      return true;
    });
  }
}
