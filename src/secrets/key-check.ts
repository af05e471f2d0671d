import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { SecretKeys } from './secret-keys.js';
import { SecretsRepository } from './secrets.repository.js';
import { NO_KEY } from './secrets.service.js';

/** Says at start what would otherwise be noticed with the first secret that cannot be kept or read. */
@Injectable()
export class KeyCheck implements OnApplicationBootstrap {
  private readonly log = new Logger('Secrets');

  constructor(
    private readonly keys: SecretKeys,
    private readonly secrets: SecretsRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.keys.areThere) {
      this.log.warn(`User secrets are off. ${NO_KEY}`);
      return;
    }
    // Before the schema is there, there are no secrets either.
    const used = await this.secrets.keyIds().catch(() => []);
    const missing = used.filter((id) => !this.keys.find(id));
    if (missing.length > 0)
      this.log.warn(
        `User secrets are encrypted with keys that are missing in SECRETS_KEY_PREVIOUS: ${missing.join(', ')}`,
      );
  }
}
