import { Command, Option } from 'nest-commander';
import { ApplicationsService } from '../../applications/applications.service.js';
import { Limits } from '../../config/config.js';
import { LimitsService, OwnLimits } from '../../limits/limits.service.js';
import { CliCommand, idOption, Outcome } from './cli-command.js';
import { CommandError } from './failure.js';
import { withServices } from './services.js';

/** No counter gets there, and every engine can hold it. */
const LIMIT_MAX = 1_000_000_000_000;
const SECONDS_MAX = 86_400;

/** The library takes null for nothing. */
const DEFAULT = 'default';

type Given = { [Name in keyof Limits]?: number | typeof DEFAULT };
interface Options extends Given {
  applicationId?: number;
}

@Command({
  name: 'limits:set',
  description: 'Set the limits of an application, each to a number, to none, or to the default; shows them all',
})
export class LimitsSetCommand extends CliCommand<Options> {
  protected async perform({ applicationId, ...given }: Options): Promise<Outcome> {
    const change = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value === DEFAULT ? null : value]),
    ) as Partial<OwnLimits>;
    if (applicationId === undefined) throw new CommandError('say whose limits: give --application-id');
    const { own, effective } = await withServices(async (services) => {
      const limits = services.get(LimitsService);
      if (!(await services.get(ApplicationsService).find(applicationId)))
        throw new CommandError(`there is no application ${applicationId}`);
      const own =
        Object.keys(change).length > 0 ? await limits.set(applicationId, change) : await limits.own(applicationId);
      return { own, effective: limits.effective(own) };
    });
    const lines = Object.entries(effective).map(([name, value]) => {
      const isDefault = own[name as keyof Limits] === null;
      return `${name.padEnd(18)}${value === 0 ? 'none' : value}${isDefault ? ' (default)' : ''}`;
    });
    return { result: { applicationId, ...effective }, text: lines.join('\n') };
  }

  @Option({ flags: '--application-id <id>', description: 'Which application' })
  parseApplicationId(given: string): number {
    return idOption('--application-id', given);
  }

  @Option({ flags: '--requests <count>', description: 'Requests in a window' })
  parseRequests(given: string): number | typeof DEFAULT {
    return limitOption('--requests', given);
  }

  @Option({ flags: '--seconds <count>', description: 'How long a window is' })
  parseSeconds(given: string): number | typeof DEFAULT {
    const seconds = limitOption('--seconds', given);
    if (seconds !== DEFAULT && (seconds === 0 || seconds > SECONDS_MAX))
      throw new CommandError(`--seconds must be 1 to ${SECONDS_MAX}, or default`);
    return seconds;
  }

  @Option({ flags: '--users <count>', description: 'Users that there may be' })
  parseUsers(given: string): number | typeof DEFAULT {
    return limitOption('--users', given);
  }

  @Option({ flags: '--channels <count>', description: 'Channels that there may be' })
  parseChannels(given: string): number | typeof DEFAULT {
    return limitOption('--channels', given);
  }

  @Option({ flags: '--messages-per-month <count>', description: 'Messages that may be sent in a month' })
  parseMessagesPerMonth(given: string): number | typeof DEFAULT {
    return limitOption('--messages-per-month', given);
  }
}

function limitOption(option: string, given: string): number | typeof DEFAULT {
  if (given === DEFAULT) return DEFAULT;
  if (given === 'none') return 0;
  const count = Number(given);
  if (!/^[1-9][0-9]*$/.test(given) || count > LIMIT_MAX)
    throw new CommandError(
      `${option} must be a whole number from 1 to ${LIMIT_MAX}, none or default, not ${JSON.stringify(given)}`,
    );
  return count;
}
