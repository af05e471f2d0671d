import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config, Limits } from '../config/config.js';
import { Database } from '../database/database.js';
import { marks } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';

/** After this time at the latest, every process knows of a change. */
export const LIMITS_CACHE_MS = 5_000;
const CACHE_APPLICATIONS = 100_000;

/** What an application has of its own; null stands for the configured value. */
export type OwnLimits = { [Name in keyof Limits]: number | null };

/** Which column holds which limit. */
const COLUMNS: Record<keyof Limits, string> = {
  requests: 'requests',
  seconds: 'seconds',
  users: 'users',
  channels: 'channels',
  messagesPerMonth: 'messages_per_month',
};
const NAMES = Object.keys(COLUMNS) as (keyof Limits)[];
const SELECTED = NAMES.map((name) => COLUMNS[name]).join(', ');

interface Known {
  limits: Limits;
  /** When to look again. */
  staleTime: number;
}

/** The limits of applications: the configured ones, and what operators have set for one application. */
@Injectable()
export class LimitsService {
  private readonly log = new Logger('Limits');
  private readonly known = new LRUCache<number, Known>({ max: CACHE_APPLICATIONS });

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Asked by every request, so known without waiting but for the first time; looked up anew in the background. */
  of(applicationId: number): Limits | Promise<Limits> {
    const known = this.known.get(applicationId);
    if (!known) return this.read(applicationId);
    const now = Date.now();
    if (known.staleTime <= now) {
      known.staleTime = now + LIMITS_CACHE_MS;
      // The limits known so far hold until the database can be asked again.
      this.read(applicationId).catch((error: unknown) => this.log.warn(`limits could not be read: ${String(error)}`));
    }
    return known.limits;
  }

  /** What the application has of its own. */
  async own(applicationId: number): Promise<OwnLimits> {
    const [row] = await this.database.query<Record<string, number | null>>(
      `SELECT ${SELECTED} FROM application_limits WHERE application_id = ?`,
      [applicationId],
    );
    return Object.fromEntries(NAMES.map((name) => [name, row?.[COLUMNS[name]] ?? null])) as OwnLimits;
  }

  /** Changes what is given, and leaves the rest. */
  async set(applicationId: number, change: Partial<OwnLimits>): Promise<OwnLimits> {
    const changed = { ...(await this.own(applicationId)), ...change };
    await this.unitOfWork.batch([
      { sql: 'DELETE FROM application_limits WHERE application_id = ?', parameters: [applicationId] },
      {
        sql: `INSERT INTO application_limits (application_id, ${NAMES.map((name) => COLUMNS[name]).join(', ')}) VALUES (?, ${marks(NAMES)})`,
        parameters: [applicationId, ...NAMES.map((name) => changed[name])],
      },
    ]);
    this.known.delete(applicationId);
    return changed;
  }

  /** Those that hold for the application, given what it has of its own. */
  effective(own: OwnLimits): Limits {
    const { limits } = this.config;
    return Object.fromEntries(NAMES.map((name) => [name, own[name] ?? limits[name]])) as unknown as Limits;
  }

  private async read(applicationId: number): Promise<Limits> {
    const limits = this.effective(await this.own(applicationId));
    this.known.set(applicationId, { limits, staleTime: Date.now() + LIMITS_CACHE_MS });
    return limits;
  }
}
