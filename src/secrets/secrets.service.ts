import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ApiException, ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { JsonText } from '../resource/json.js';
import { UserRow } from '../users/user.rows.js';
import { UsersRepository } from '../users/users.repository.js';
import { seal, SecretPlace, unseal } from './sealing.js';
import { SecretKeys } from './secret-keys.js';
import { SECRETS_OF_USER_MAX } from './secret.resource.js';
import { placeOf, SecretRow, SecretsRepository } from './secrets.repository.js';

/** 503: the operator has to do something before secrets can be kept, or this one read. */
class SecretsUnavailableError extends ApiException {
  constructor(explanation: string) {
    super(503, 'SecretsUnavailableError', 'User secrets are not available', { explanation });
  }
}

/** What to do where there is no key. */
export const NO_KEY = 'The operator of this server has to set SECRETS_KEY to 32 random bytes in base64';

/** The secrets of users: written and read by the tenant alone, encrypted at rest. */
@Injectable()
export class SecretsService {
  private readonly log = new Logger('Secrets');

  constructor(
    private readonly secrets: SecretsRepository,
    private readonly users: UsersRepository,
    private readonly keys: SecretKeys,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  async retrieve(place: SecretPlace): Promise<JsonText> {
    this.requireKeys();
    const row = await this.secrets.find(place);
    if (!row) throw new ResourceNotFoundError();
    return this.open(row);
  }

  /** Creates or replaces. */
  set(place: SecretPlace, secret: unknown): Promise<UserRow> {
    const key = this.keys.current();
    if (!key) throw new SecretsUnavailableError(NO_KEY);
    const { applicationId, userId, name } = place;
    const sealed = seal(key, place, JSON.stringify(secret));
    return this.changing(applicationId, userId, async () => {
      const updatedTime = Date.now();
      if (!(await this.secrets.replace(place, key.id, sealed, updatedTime))) {
        if ((await this.secrets.count(applicationId, userId)) >= SECRETS_OF_USER_MAX)
          throw ClientError.of(
            'Secret',
            'name',
            'unprocessable',
            `is one too many: a user may have ${SECRETS_OF_USER_MAX}`,
          );
        await this.secrets.insert(place, key.id, sealed, updatedTime);
      }
      const payload = { name };
      await this.events.append({
        applicationId,
        type: 'user.secret_set',
        subjectId: userId,
        payload,
        createdTime: updatedTime,
      });
    });
  }

  remove(place: SecretPlace): Promise<UserRow> {
    this.requireKeys();
    const { applicationId, userId, name } = place;
    return this.changing(applicationId, userId, async () => {
      if (!(await this.secrets.remove(place))) throw new ResourceNotFoundError();
      const payload = { name };
      await this.events.append({
        applicationId,
        type: 'user.secret_removed',
        subjectId: userId,
        payload,
        createdTime: Date.now(),
      });
    });
  }

  /** Holds the user while a secret is changed, so that none is left behind by a deletion. */
  private changing(applicationId: number, userId: number, work: () => Promise<void>): Promise<UserRow> {
    return this.unitOfWork.run(async () => {
      const user = await this.users.findForUpdate(applicationId, userId);
      if (!user) throw new ResourceNotFoundError();
      await work();
      return user;
    });
  }

  private requireKeys(): void {
    if (!this.keys.areThere) throw new SecretsUnavailableError(NO_KEY);
  }

  private open(row: SecretRow): JsonText {
    const key = this.keys.find(row.key_id);
    if (!key) {
      this.log.error(
        `a secret of user ${row.user_id} needs the key ${row.key_id}, which is neither SECRETS_KEY nor in SECRETS_KEY_PREVIOUS`,
      );
      throw new SecretsUnavailableError(
        `The value was encrypted with the key ${row.key_id}; the operator of this server has to add it to SECRETS_KEY_PREVIOUS`,
      );
    }
    try {
      return unseal(key, placeOf(row), row.sealed);
    } catch {
      this.log.error(
        `a secret of user ${row.user_id} of application ${row.application_id} does not open: its row has been changed`,
      );
      throw new SecretsUnavailableError(
        'What is stored of the value has been damaged, so it is not shown; set it again',
      );
    }
  }
}
