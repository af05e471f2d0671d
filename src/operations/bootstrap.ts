import { Injectable } from '@nestjs/common';
import { ApplicationsService, CreatedApplication } from '../applications/applications.service.js';
import { ClientsService } from '../auth/clients.service.js';
import { verifySecret } from '../auth/secret-hash.js';
import { Config } from '../config/config.js';
import { isDuplicate } from '../database/database-errors.js';
import { UnitOfWork } from '../database/unit-of-work.js';

/** What a database needs before the first request: the application of the configuration, or one to try things with. */
@Injectable()
export class Bootstrap {
  constructor(
    private readonly config: Config,
    private readonly applications: ApplicationsService,
    private readonly clients: ClientsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Answers the demo application if it has just been made. */
  async prepare(): Promise<CreatedApplication | undefined> {
    const { bootstrap, database } = this.config;
    if (bootstrap) {
      await this.ensureClient(bootstrap.clientId, bootstrap.clientSecret);
      return undefined;
    }
    if (database.engine !== 'sqlite') return undefined;
    return this.unitOfWork.run(async () =>
      (await this.applications.hasAny()) ? undefined : this.applications.create('Demo'),
    );
  }

  private async ensureClient(clientId: string, clientSecret: string): Promise<void> {
    const known = await this.clients.find(clientId);
    if (!known) {
      try {
        await this.applications.create(clientId, { clientId, clientSecret });
      } catch (error) {
        // Another process that starts at the same time has made it.
        if (!isDuplicate(error)) throw error;
      }
    } else if (!(await verifySecret(clientSecret, known.secretHash)))
      await this.clients.setSecret(clientId, clientSecret);
  }
}
