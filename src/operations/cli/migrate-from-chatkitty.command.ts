import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { INestApplicationContext } from '@nestjs/common';
import cliProgress from 'cli-progress';
import { Command, Option } from 'nest-commander';
import { KindCounts } from '../../moving/move-counts.js';
import { MoveProgress } from '../../moving/move-context.js';
import { MoveCounts, MoveReport, NOT_TOLD } from '../../moving/move-report.js';
import { MoveTarget, MoveTargets } from '../../moving/move-targets.js';
import { Mover } from '../../moving/mover.js';
import { MovesRepository } from '../../moving/moves.repository.js';
import { SourceClient } from '../../moving/source-client.js';
import { namingOf } from '../../moving/source-items.js';
import { CliCommand, Outcome } from './cli-command.js';
import { CommandError } from './failure.js';
import { withServices } from './services.js';

const CHATKITTY = 'https://api.chatkitty.com';
const CHATKITTY_TOKENS = 'https://authorization.chatkitty.com/oauth/token';
const CONCURRENCY = 8;
const CONCURRENCY_MAX = 64;
const FAILURES = 'chatkitty-failures.jsonl';

interface Options {
  clientId?: string;
  clientSecret?: string;
  baseUrl: string;
  authorizationUrl?: string;
  application?: string;
  downloadFiles?: boolean;
  concurrency: number;
  failures: string;
}

@Command({
  name: 'migrate-from-chatkitty',
  description:
    'Copy an application of ChatKitty, or of a compatible server; the same command again goes on where it was stopped',
})
export class MigrateFromChatkittyCommand extends CliCommand<Options> {
  protected async perform(options: Options & { json: boolean }): Promise<Outcome> {
    const { clientId, clientSecret, baseUrl, concurrency, json } = options;
    if (!clientId || !clientSecret)
      throw new CommandError(
        'whose application? give --client-id and --client-secret, or CHATKITTY_CLIENT_ID and CHATKITTY_CLIENT_SECRET',
      );
    const authorizationUrl =
      options.authorizationUrl ?? (baseUrl === CHATKITTY ? CHATKITTY_TOKENS : `${baseUrl}/oauth/token`);
    const client = new SourceClient({ baseUrl, authorizationUrl, clientId, clientSecret, concurrency });
    return withServices(async (services) => {
      const target = await services.get(MoveTargets).open(client, baseUrl, options.application);
      if (!target) throw new CommandError(`there is no application with the key ${options.application}`);
      const bars = new Bars(json);
      const started = Date.now();
      try {
        await services.get(Mover).run(
          {
            move: target.move,
            key: namingOf(target.move.id),
            client,
            downloadsFiles: options.downloadFiles === true,
            concurrency,
            progress: { messages: 0 },
            show: (progress) => bars.show(progress),
          },
          () => bars.say('Waiting for another process that is copying the same application, or was killed just now'),
        );
      } finally {
        bars.stop();
      }
      return this.report(services, target, client, options, Date.now() - started);
    });
  }

  private async report(
    services: INestApplicationContext,
    { move, applicationKey, created }: MoveTarget,
    client: SourceClient,
    { failures: file }: Options,
    tookMs: number,
  ): Promise<Outcome> {
    const counts = await services.get(MoveReport).counts(move);
    const failed = Object.values<KindCounts>({ ...counts }).reduce((sum, one) => sum + one.failed, 0);
    if (failed > 0)
      await pipeline(Readable.from(services.get(MovesRepository).failures(move)), createWriteStream(file));
    const result = {
      applicationId: move.application_id,
      key: applicationKey,
      ...(created && { clientId: created.clientId, clientSecret: created.clientSecret }),
      ...counts,
      ...(failed > 0 && { failures: file }),
      seconds: Math.round(tookMs / 1000),
      requests: client.requests,
      repeatedRequests: client.repeats,
      notCopied: NOT_TOLD,
    };
    const lines = [
      `application id  ${move.application_id}`,
      `key             ${applicationKey}`,
      ...(created
        ? [`client id       ${created.clientId}`, `client secret   ${created.clientSecret} (shown only this once)`]
        : []),
      '',
      ...table(counts),
      '',
      `${result.requests} requests in ${result.seconds} seconds, ${result.repeatedRequests} repeated`,
      ...(failed > 0 ? [`What failed, and why, is in ${file}`] : []),
      '',
      'The published API does not tell, so that it was not copied:',
      ...NOT_TOLD.map((what) => `- ${what}`),
    ];
    return { result, text: lines.join('\n'), isBad: failed > 0 };
  }

  @Option({
    flags: '--client-id <id>',
    description: 'The client id of the application that is copied',
    env: 'CHATKITTY_CLIENT_ID',
  })
  parseClientId(given: string): string {
    return given;
  }

  @Option({
    flags: '--client-secret <secret>',
    description: 'Its client secret; other users of a machine can read arguments, not the environment',
    env: 'CHATKITTY_CLIENT_SECRET',
  })
  parseClientSecret(given: string): string {
    return given;
  }

  @Option({
    flags: '--base-url <url>',
    description: 'Where its API is, with /v1 at the end or without',
    env: 'CHATKITTY_BASE_URL',
    defaultValue: CHATKITTY,
  })
  parseBaseUrl(given: string): string {
    return webAddress('--base-url', given).replace(/\/+(v1\/*)?$/, '');
  }

  @Option({
    flags: '--authorization-url <url>',
    description: 'The whole address that tokens are had at; /oauth/token of the base URL if absent',
    env: 'CHATKITTY_AUTHORIZATION_URL',
  })
  parseAuthorizationUrl(given: string): string {
    return webAddress('--authorization-url', given);
  }

  @Option({
    flags: '--application <key>',
    description: 'The key of the application here to copy into; a new one if absent',
  })
  parseApplication(given: string): string {
    return given;
  }

  @Option({
    flags: '--download-files',
    description: 'Keep files and pictures here that the other server keeps; otherwise they are referred to',
  })
  parseDownloadFiles(): boolean {
    return true;
  }

  @Option({
    flags: '--concurrency <count>',
    description: 'How many requests may be on their way at a time',
    defaultValue: CONCURRENCY,
  })
  parseConcurrency(given: string): number {
    const count = Number(given);
    if (!/^[1-9][0-9]*$/.test(given) || count > CONCURRENCY_MAX)
      throw new CommandError(`--concurrency must be a whole number from 1 to ${CONCURRENCY_MAX}`);
    return count;
  }

  @Option({
    flags: '--failures <file>',
    description: 'Where to write what could not be copied, as JSON Lines',
    defaultValue: FAILURES,
  })
  parseFailures(given: string): string {
    return given;
  }
}

function webAddress(option: string, given: string): string {
  const isWeb = URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);
  if (!isWeb) throw new CommandError(`${option} must be an http or https URL, not ${JSON.stringify(given)}`);
  return given;
}

function table(counts: MoveCounts): string[] {
  const row = (name: string, ...columns: (string | number)[]) =>
    name.padEnd(12) + columns.map((column) => String(column).padStart(10)).join('');
  return [
    row('', 'copied', 'skipped', 'failed'),
    ...Object.entries<KindCounts>({ ...counts }).map(([name, { copied, skipped, failed }]) =>
      row(name, copied, skipped, failed),
    ),
  ];
}

/** A bar for each stage, on stderr, where terminals are. */
class Bars {
  private readonly bars: cliProgress.MultiBar | undefined;
  private readonly byStage = new Map<string, cliProgress.SingleBar>();
  private isSaid = false;

  constructor(private readonly isQuiet: boolean) {
    if (!isQuiet)
      this.bars = new cliProgress.MultiBar(
        { format: '{stage} |{bar}| {value}/{total}{more}', noTTYOutput: true },
        cliProgress.Presets.shades_classic,
      );
  }

  show({ stage, done, total, messages }: MoveProgress): void {
    if (!this.bars) return;
    const shown = { stage: stage.padEnd(8), more: stage === 'contents' ? ` channels, ${messages} messages` : '' };
    const bar = this.byStage.get(stage) ?? this.bars.create(Math.max(total, 1), 0, shown);
    this.byStage.set(stage, bar);
    bar.setTotal(Math.max(total, done, 1));
    bar.update(Math.min(done, Math.max(total, done)), shown);
  }

  say(text: string): void {
    if (this.isQuiet || this.isSaid) return;
    this.isSaid = true;
    process.stderr.write(`${text}\n`);
  }

  stop(): void {
    this.bars?.stop();
  }
}
