import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Client } from './client.entity.js';
import { hashSecret, newSecret, verifySecret } from './secret-hash.js';
import { TokensService } from './tokens.service.js';

/** Credentials as they are handed out: the secret is known at this moment only. */
export interface Credentials {
  clientId: string;
  clientSecret: string;
}

/** Credentials with what is stored of them. */
export interface PreparedCredentials extends Credentials {
  secretHash: string;
}

/** The credentials of applications. */
@Injectable()
export class ClientsService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: TokensService,
  ) {}

  /** New credentials, or the given ones, ready to be stored. Hashing takes its time, so it is done before a unit. */
  async prepare(given?: Credentials): Promise<PreparedCredentials> {
    const credentials = given ?? { clientId: randomUUID(), clientSecret: newSecret() };
    return { ...credentials, secretHash: await hashSecret(credentials.clientSecret) };
  }

  async store(applicationId: number, { clientId, secretHash }: PreparedCredentials): Promise<void> {
    await this.database.repository(Client).insert({ id: clientId, applicationId, secretHash, createdTime: Date.now() });
  }

  find(clientId: string): Promise<Client | null> {
    return this.database.repository(Client).findOneBy({ id: clientId });
  }

  /** The client with these credentials, unless its application has been deleted. */
  async authenticate(clientId: string, clientSecret: string): Promise<Client | null> {
    const client = await this.find(clientId);
    const isRight = await verifySecret(clientSecret, client?.secretHash);
    return isRight ? client : null;
  }

  /** Gives the client another secret; what was made with the old one ends. */
  async rotate(clientId: string): Promise<Credentials | null> {
    const clientSecret = newSecret();
    const secretHash = await hashSecret(clientSecret);
    const isKnown = await this.unitOfWork.run(async () => {
      const { affected } = await this.database.repository(Client).update({ id: clientId }, { secretHash });
      await this.tokens.revokeOfClient(clientId);
      return affected === 1;
    });
    return isKnown ? { clientId, clientSecret } : null;
  }

  async setSecret(clientId: string, clientSecret: string): Promise<void> {
    const secretHash = await hashSecret(clientSecret);
    await this.database.repository(Client).update({ id: clientId }, { secretHash });
  }

  listOf(applicationId: number): Promise<Client[]> {
    return this.database
      .repository(Client)
      .find({ where: { applicationId }, order: { createdTime: 'ASC', id: 'ASC' } });
  }

  async deleteOf(applicationId: number): Promise<void> {
    await this.database.repository(Client).delete({ applicationId });
  }
}
