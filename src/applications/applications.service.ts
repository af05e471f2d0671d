import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { ClientsService, Credentials } from '../auth/clients.service.js';
import { TokensService } from '../auth/tokens.service.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { JobsService } from '../jobs/jobs.service.js';
import { Application } from './application.entity.js';
import { ApplicationSettingsProperties } from './application.resource.js';

export const APPLICATION_DELETION = 'APPLICATION_DELETION';

/** An application as it is handed to whoever created it. */
export interface CreatedApplication extends Credentials {
  applicationId: number;
  key: string;
}

/** Applications, their settings and their end. */
@Injectable()
export class ApplicationsService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clients: ClientsService,
    private readonly tokens: TokensService,
    private readonly events: EventLog,
    private readonly jobs: JobsService,
  ) {}

  async create(name: string, given?: Credentials): Promise<CreatedApplication> {
    const credentials = await this.clients.prepare(given);
    return this.unitOfWork.run(async () => {
      const application = {
        key: randomUUID(),
        name,
        properties: '{}',
        guestUsers: true,
        userCreatedChannels: true,
        userCount: 0,
        channelCount: 0,
        messageCount: 0,
        clearedMessageId: 0,
        createdTime: Date.now(),
        deletedTime: null,
      };
      const { identifiers } = await this.database.repository(Application).insert(application);
      const applicationId = Number((identifiers[0] as { id: number }).id);
      await this.clients.store(applicationId, credentials);
      await this.events.append({
        applicationId,
        type: 'application.created',
        subjectId: applicationId,
        payload: { name },
        createdTime: application.createdTime,
      });
      const { clientId, clientSecret } = credentials;
      return { applicationId, key: application.key, clientId, clientSecret };
    });
  }

  find(applicationId: number): Promise<Application | null> {
    return this.database.repository(Application).findOneBy({ id: applicationId, deletedTime: IsNull() });
  }

  /** The application whose apps name it by this key. */
  findByKey(key: string): Promise<Application | null> {
    return this.database.repository(Application).findOneBy({ key, deletedTime: IsNull() });
  }

  async retrieve(applicationId: number): Promise<Application> {
    const application = await this.find(applicationId);
    if (!application) throw new ResourceNotFoundError();
    return application;
  }

  /** Whether there has ever been one. */
  hasAny(): Promise<boolean> {
    return this.database.repository(Application).exists();
  }

  list(): Promise<Application[]> {
    return this.database.repository(Application).find({ where: { deletedTime: IsNull() }, order: { id: 'ASC' } });
  }

  async updateSettings(applicationId: number, given: ApplicationSettingsProperties): Promise<Application> {
    const guestUsers = given.guestUsers ?? given.features?.guestUsers;
    const userCreatedChannels = given.userCreatedChannels ?? given.features?.userCreatedChannels;
    if (!guestUsers || !userCreatedChannels) throw missingSettings(guestUsers, userCreatedChannels);
    return this.unitOfWork.run(async () => {
      await this.database
        .repository(Application)
        .update(
          { id: applicationId },
          { guestUsers: guestUsers === 'ENABLED', userCreatedChannels: userCreatedChannels === 'ENABLED' },
        );
      await this.events.append({
        applicationId,
        type: 'application.settings_updated',
        subjectId: applicationId,
        payload: { guestUsers, userCreatedChannels },
        createdTime: Date.now(),
      });
      return this.retrieve(applicationId);
    });
  }

  /**
   * Deletes an application with everything it has. Its tokens and credentials end at once, its data goes by a job.
   * `confirmation` must be the application's key: nobody deletes a tenant by a slip.
   */
  delete(applicationId: number, confirmation: string | undefined): Promise<Application> {
    return this.unitOfWork.run(async () => {
      const application = await this.retrieve(applicationId);
      if (confirmation !== application.key)
        throw ClientError.of(
          'Application',
          'confirm',
          confirmation === undefined ? 'missing_field' : 'invalid',
          'must be the key of this application, to confirm that it is to be deleted with all its data',
        );
      const deletedTime = Date.now();
      await this.database.repository(Application).update({ id: applicationId }, { deletedTime });
      await this.tokens.revokeOfApplication(applicationId);
      await this.clients.deleteOf(applicationId);
      await this.events.append({
        applicationId,
        type: 'application.deleted',
        subjectId: applicationId,
        payload: {},
        createdTime: deletedTime,
      });
      await this.jobs.schedule(applicationId, APPLICATION_DELETION, {});
      return application;
    });
  }
}

function missingSettings(guestUsers: unknown, userCreatedChannels: unknown): ClientError {
  const fields = [...(guestUsers ? [] : ['guestUsers']), ...(userCreatedChannels ? [] : ['userCreatedChannels'])];
  return new ClientError(
    fields.map((field) => ({
      resource: 'ApplicationSettings',
      field,
      code: 'missing_field',
      message: 'is required',
    })),
  );
}
