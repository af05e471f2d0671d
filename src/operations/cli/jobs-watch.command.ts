import { setTimeout } from 'node:timers/promises';
import cliProgress from 'cli-progress';
import { Command, Option } from 'nest-commander';
import { Database } from '../../database/database.js';
import { CliCommand, idOption, Outcome } from './cli-command.js';
import { withServices } from './services.js';

const EVERY_MS = 500;

interface WatchedJob {
  id: number;
  applicationId: number;
  type: string;
  state: string;
  total: number;
  processed: number;
  created: number;
  skipped: number;
  failed: number;
}

interface Options {
  applicationId?: number;
}

/** Those of the server's own, too: operators want to know when a deletion is through. */
@Command({
  name: 'jobs:watch',
  description: 'Show running jobs with bars until all have ended; with --json, those of this moment',
})
export class JobsWatchCommand extends CliCommand<Options> {
  protected perform({ applicationId, json }: Options & { json: boolean }): Promise<Outcome> {
    return withServices(async (services) => {
      const database = services.get(Database);
      const running = await openJobs(database, applicationId);
      if (json) return { result: running, text: '' };
      const watched = running.length > 0 ? await watch(database, applicationId, running) : 0;
      const text =
        watched === 0 ? 'No job is running.' : `${watched} ${watched === 1 ? 'job has' : 'jobs have'} ended.`;
      return { result: [], text };
    });
  }

  @Option({ flags: '--application-id <id>', description: 'Only those of this application' })
  applicationId(id: string): number {
    return idOption('--application-id', id);
  }
}

/** Draws until no job is left; answers how many there were. Bars go to stderr, where terminals are. */
async function watch(database: Database, applicationId: number | undefined, first: WatchedJob[]): Promise<number> {
  const bars = new cliProgress.MultiBar(
    { format: '{type} {id} |{bar}| {processed}/{count} {state}', noTTYOutput: true, notTTYSchedule: EVERY_MS },
    cliProgress.Presets.shades_classic,
  );
  const byId = new Map<number, cliProgress.SingleBar>();
  let running = first;
  while (running.length > 0) {
    const ids = new Set(running.map(({ id }) => id));
    for (const [id, bar] of byId) if (!ids.has(id)) bar.update(bar.getTotal(), { state: 'ended' });
    for (const job of running) {
      const shown = { ...job, count: job.total || '?' };
      const bar = byId.get(job.id) ?? bars.create(Math.max(job.total, 1), 0, shown);
      byId.set(job.id, bar);
      bar.setTotal(Math.max(job.total, job.processed, 1));
      bar.update(job.processed, shown);
    }
    await setTimeout(EVERY_MS);
    running = await openJobs(database, applicationId);
  }
  bars.stop();
  return byId.size;
}

function openJobs(database: Database, applicationId: number | undefined): Promise<WatchedJob[]> {
  const [where, parameters] = applicationId === undefined ? ['', []] : [' AND application_id = ?', [applicationId]];
  return database.query<WatchedJob>(
    `SELECT id, application_id AS applicationId, type, state, total, processed, created, skipped, failed FROM jobs WHERE state IN ('PENDING', 'RUNNING')${where} ORDER BY id`,
    parameters,
  );
}
