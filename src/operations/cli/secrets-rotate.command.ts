import { Command } from 'nest-commander';
import { SecretKeys } from '../../secrets/secret-keys.js';
import { SecretRotation } from '../../secrets/secret-rotation.js';
import { CliCommand, Outcome } from './cli-command.js';
import { CommandError } from './failure.js';
import { withServices } from './services.js';

@Command({
  name: 'secrets:rotate',
  description:
    'Encrypt the secrets of users with SECRETS_KEY that other keys have encrypted; ends with 1 if one is left',
})
export class SecretsRotateCommand extends CliCommand {
  protected async perform(): Promise<Outcome> {
    const result = await withServices(async (services) => {
      const key = services.get(SecretKeys).current();
      if (!key) throw new CommandError('SECRETS_KEY is not set');
      return services.get(SecretRotation).run(key);
    });
    const { keyId, rotated, verified, stuck } = result;
    return {
      result,
      text: [
        `${rotated} secrets were encrypted anew with the key ${keyId}; ${verified} in all open with it.`,
        ...stuck.map(
          ({ applicationId, userId, keyId: other, reason }) =>
            `left: a secret of user ${userId} (application ${applicationId}), key ${other}: ${reason}`,
        ),
      ].join('\n'),
      isBad: stuck.length > 0,
    };
  }
}
