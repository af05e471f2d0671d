import { Injectable, Logger } from '@nestjs/common';
import { Application } from '../applications/application.entity.js';
import { ApplicationsService } from '../applications/applications.service.js';
import type { Principal } from '../auth/principal.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AuthenticationException, ClientError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { JobsService } from '../jobs/jobs.service.js';
import { ThreadsRepository } from '../threads/threads.repository.js';
import { ALL_MESSAGES_DELETION } from './all-messages-deletion.job.js';

/** Deletes every message of an application with one request. */
@Injectable()
export class AllMessagesDeletion {
  private readonly log = new Logger('Audit');

  constructor(
    private readonly applications: ApplicationsService,
    private readonly threads: ThreadsRepository,
    private readonly config: Config,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
    private readonly jobs: JobsService,
  ) {}

  /** Nothing of them is seen or counted from now on; what is sent meanwhile stays. Their rows go by a job. */
  async delete({ applicationId, clientId }: Principal, confirmation: string | undefined): Promise<Application> {
    const application = await this.applications.retrieve(applicationId);
    this.requirePermission(application, confirmation);
    await this.unitOfWork.run(() => this.clear(applicationId, clientId));
    return application;
  }

  private requirePermission({ key }: Application, confirmation: string | undefined): void {
    const { deleteAllMessages } = this.config;
    if (deleteAllMessages === 'denied')
      throw new AuthenticationException(
        403,
        'access_denied',
        'Deleting all messages is switched off on this server (DELETE_ALL_MESSAGES)',
        'Bearer error="access_denied"',
      );
    if (confirmation === undefined ? deleteAllMessages === 'confirm' : confirmation !== key)
      throw ClientError.of(
        'Application',
        'confirm',
        confirmation === undefined ? 'missing_field' : 'invalid',
        'must be the key of this application, to confirm that all its messages are to be deleted',
      );
  }

  private async clear(applicationId: number, clientId: string): Promise<void> {
    const count = await this.holdEverything(applicationId);
    // Above every message that there has been, and below those to come.
    const upToMessageId = await this.threads.reserveId(applicationId);
    await this.database.execute(
      'UPDATE channels SET cleared_message_id = ?, message_count = 0, reply_count = 0, reported_message_count = 0, last_message_id = NULL WHERE application_id = ?',
      [upToMessageId, applicationId],
    );
    await this.database.execute('UPDATE users SET message_count = 0 WHERE application_id = ? AND message_count <> 0', [
      applicationId,
    ]);
    await this.database.execute('UPDATE applications SET message_count = 0, cleared_message_id = ? WHERE id = ?', [
      upToMessageId,
      applicationId,
    ]);
    await this.events.append({
      applicationId,
      type: 'messages.deleted_all',
      subjectId: applicationId,
      payload: { upToMessageId, count, clientId },
      createdTime: Date.now(),
    });
    await this.jobs.schedule(applicationId, ALL_MESSAGES_DELETION, { upToMessageId });
    this.unitOfWork.afterCommit(() =>
      this.log.warn(
        `All ${count} messages of the application ${applicationId}, up to ${upToMessageId}, were deleted by the client ${clientId}`,
      ),
    );
  }

  /**
   * Nothing of the application is half sent from here on, and nothing is begun. Every send takes its channel first and
   * the application last: with the application held no channel is added, and those added just before are found by
   * looking again. Answers how many messages there are.
   */
  private async holdEverything(applicationId: number): Promise<number> {
    const { dialect } = this.database;
    const { forUpdate } = dialect;
    const holdChannels = () =>
      this.database.query(
        `SELECT SUM(message_count) FROM channels ${dialect.readBy('channels_id')} WHERE application_id = ? ${forUpdate}`,
        [applicationId],
      );
    await holdChannels();
    const [application] = await this.database.query<{ message_count: number }>(
      `SELECT message_count FROM applications WHERE id = ? ${forUpdate}`,
      [applicationId],
    );
    await holdChannels();
    return application!.message_count;
  }
}
