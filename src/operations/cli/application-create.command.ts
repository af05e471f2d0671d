import { Command, Option } from 'nest-commander';
import { ApplicationsService } from '../../applications/applications.service.js';
import { isCleanText } from '../../resource/json.js';
import { CliCommand, Outcome } from './cli-command.js';
import { CommandError } from './failure.js';
import { withServices } from './services.js';

const NAME_MAX = 255;

@Command({ name: 'application:create', description: 'Create an application and print its credentials' })
export class ApplicationCreateCommand extends CliCommand<{ name: string }> {
  protected async perform({ name }: { name: string }): Promise<Outcome> {
    const created = await withServices((services) => services.get(ApplicationsService).create(name));
    return {
      result: created,
      text: [
        `application id  ${created.applicationId}`,
        `key             ${created.key}`,
        `client id       ${created.clientId}`,
        `client secret   ${created.clientSecret}`,
        'The secret is shown only this once.',
      ].join('\n'),
    };
  }

  @Option({ flags: '--name <name>', description: 'What to call it', required: true })
  parseName(name: string): string {
    if (name.trim() === '') throw new CommandError('--name must not be blank');
    if (name.length > NAME_MAX) throw new CommandError(`--name must have at most ${NAME_MAX} characters`);
    if (!isCleanText(name)) throw new CommandError('--name must not contain unpaired surrogates');
    return name;
  }
}
