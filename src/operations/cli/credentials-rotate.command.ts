import { Command, Option } from 'nest-commander';
import { ClientsService } from '../../auth/clients.service.js';
import { CliCommand, idOption, Outcome } from './cli-command.js';
import { CommandError } from './failure.js';
import { withServices } from './services.js';

interface Options {
  clientId?: string;
  applicationId?: number;
}

@Command({ name: 'credentials:rotate', description: 'Give credentials a new secret; the old one and its tokens end' })
export class CredentialsRotateCommand extends CliCommand<Options> {
  protected async perform({ clientId, applicationId }: Options): Promise<Outcome> {
    if ((clientId === undefined) === (applicationId === undefined))
      throw new CommandError('say whose secret: give either --client-id or --application-id');
    const rotated = await withServices(async (services) => {
      const clients = services.get(ClientsService);
      return clients.rotate(clientId ?? (await onlyClientOf(clients, applicationId!)));
    });
    if (!rotated) throw new CommandError(`there is no client ${clientId}`);
    return {
      result: rotated,
      text: [
        `client id       ${rotated.clientId}`,
        `client secret   ${rotated.clientSecret}`,
        'The secret is shown only this once.',
      ].join('\n'),
    };
  }

  @Option({ flags: '--client-id <id>', description: 'Which credentials' })
  parseClientId(given: string): string {
    return given;
  }

  @Option({ flags: '--application-id <id>', description: 'The application whose only credentials they are' })
  parseApplicationId(given: string): number {
    return idOption('--application-id', given);
  }
}

async function onlyClientOf(clients: ClientsService, applicationId: number): Promise<string> {
  const [client, ...others] = await clients.listOf(applicationId);
  if (!client) throw new CommandError(`there is no application ${applicationId}`);
  if (others.length > 0)
    throw new CommandError(
      `application ${applicationId} has several credentials, give one as --client-id: ${[client, ...others].map(({ id }) => id).join(', ')}`,
    );
  return client.id;
}
