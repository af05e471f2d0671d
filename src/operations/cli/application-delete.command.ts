import { Command, Option } from 'nest-commander';
import { ApplicationsService } from '../../applications/applications.service.js';
import { ResourceNotFoundError } from '../../errors/api-error.js';
import { CliCommand, idOption, Outcome } from './cli-command.js';
import { CommandError } from './failure.js';
import { withServices } from './services.js';

interface Options {
  applicationId: number;
  confirm: string;
}

@Command({ name: 'application:delete', description: 'Delete an application with everything it has' })
export class ApplicationDeleteCommand extends CliCommand<Options> {
  protected async perform({ applicationId, confirm }: Options): Promise<Outcome> {
    const { key, name } = await withServices((services) =>
      services.get(ApplicationsService).delete(applicationId, confirm),
    ).catch((error: unknown) => {
      throw error instanceof ResourceNotFoundError
        ? new CommandError(`there is no application ${applicationId}`)
        : error;
    });
    return {
      result: { applicationId, key, name },
      text: `Application ${applicationId} (${name}) is deleted. A running server removes its data.`,
    };
  }

  @Option({ flags: '--application-id <id>', description: 'Which application', required: true })
  parseApplicationId(given: string): number {
    return idOption('--application-id', given);
  }

  @Option({ flags: '--confirm <key>', description: 'The key of the application, to confirm', required: true })
  parseConfirm(given: string): string {
    return given;
  }
}
