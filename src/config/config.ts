import { validateSync } from 'class-validator';
import { DELETE_ALL_MESSAGES, Environment, ENVIRONMENT_NAMES, usesS3 } from './environment.js';

/** How the server reaches its database. */
export type DatabaseTarget =
  | { engine: 'sqlite'; file: string }
  | { engine: 'mysql'; host: string; port: number; user: string; password: string; database: string };

/** A bucket, and how to reach it. */
export interface S3Settings {
  bucket: string;
  region: string;
  /** Of a service other than AWS. */
  endpoint?: string;
  /** Absent where the machine has credentials of its own. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** The bucket stands in the path of addresses, not in their host name. */
  forcePathStyle: boolean;
}

/** Where files are kept. */
export type StorageTarget = { kind: 'disk'; folder: string } | ({ kind: 's3' } & S3Settings);

const SQLITE_URL = /^sqlite:(.+)$/;
const MYSQL_URL = /^(mysql|mariadb):\/\//;

/** What an application may do. 0 stands for no limit. */
export interface Limits {
  /** Requests in a window. */
  requests: number;
  /** How long a window is. */
  seconds: number;
  users: number;
  channels: number;
  messagesPerMonth: number;
}

/** A configuration that cannot work; `problems` names each wrong variable with the reason. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** The checked configuration, in the form the code wants. */
export class Config {
  readonly port: number;
  readonly host: string;
  readonly database: DatabaseTarget;
  readonly databasePoolSize: number;
  readonly databaseSharedCommits: boolean;
  readonly dataDir: string;
  readonly corsOrigins: string[];
  readonly bootstrap?: { clientId: string; clientSecret: string };
  readonly logLevel: string;
  readonly migrateOnStart: boolean;
  readonly tls?: { certFile: string; keyFile: string };
  readonly accessTokenSeconds: number;
  readonly idempotencyKeyHours: number;
  readonly eventRetentionDays: number;
  readonly jobsAtOnce: number;
  readonly jobFileRetentionDays: number;
  readonly maxImportBytes: number;
  readonly userExportJobType: string;
  readonly storage: StorageTarget;
  /** The most that a file sent to this server may have. */
  readonly maxUploadBytes: number;
  readonly notificationRetentionDays: number;
  readonly deleteAllMessages: (typeof DELETE_ALL_MESSAGES)[number];
  /** Without `ports`, any. */
  readonly linkPreviews: { isOn: boolean; allowPrivate: boolean; ports?: number[] };
  readonly webhooksAllowPrivate: boolean;
  readonly webhookRetryHours: number;
  readonly webhookLogDays: number;
  /** What user secrets are encrypted with, and what they may have been encrypted with before. */
  readonly secretsKey?: string;
  readonly previousSecretsKeys: string[];
  readonly redisUrl?: string;
  /** Of applications that have none of their own. */
  readonly limits: Limits;
  /** What a connection of an app may have: see ConnectionLimits. */
  readonly realtime: { frameBytes: number; bufferedBytes: number; requestsPerSecond: number };
  readonly oauthFailuresPerMinute: number;
  /** The proxies whose word about the caller's address counts. */
  readonly trustedProxies: string[];
  private origin: string;
  private readonly originIsFixed: boolean;

  constructor(env: Environment, database: DatabaseTarget) {
    this.port = env.PORT;
    this.host = env.HOST;
    this.database = database;
    this.databasePoolSize = env.DATABASE_POOL_SIZE;
    this.databaseSharedCommits = env.DATABASE_SHARED_COMMITS === 'true';
    this.dataDir = env.DATA_DIR;
    this.corsOrigins = listOf(env.CORS_ORIGINS);
    if (env.BOOTSTRAP_CLIENT_ID && env.BOOTSTRAP_CLIENT_SECRET)
      this.bootstrap = { clientId: env.BOOTSTRAP_CLIENT_ID, clientSecret: env.BOOTSTRAP_CLIENT_SECRET };
    this.logLevel = env.LOG_LEVEL;
    this.migrateOnStart = env.MIGRATE_ON_START === 'true';
    if (env.TLS_CERT_FILE && env.TLS_KEY_FILE) this.tls = { certFile: env.TLS_CERT_FILE, keyFile: env.TLS_KEY_FILE };
    this.accessTokenSeconds = env.ACCESS_TOKEN_SECONDS;
    this.idempotencyKeyHours = env.IDEMPOTENCY_KEY_HOURS;
    this.eventRetentionDays = env.EVENT_RETENTION_DAYS;
    this.jobsAtOnce = env.JOBS_AT_ONCE;
    this.jobFileRetentionDays = env.JOB_FILE_RETENTION_DAYS;
    this.maxImportBytes = env.MAX_IMPORT_BYTES;
    this.userExportJobType = env.USER_EXPORT_JOB_TYPE;
    this.storage = storageTarget(env);
    this.maxUploadBytes = env.MAX_UPLOAD_BYTES;
    this.notificationRetentionDays = env.NOTIFICATION_RETENTION_DAYS;
    this.deleteAllMessages = env.DELETE_ALL_MESSAGES;
    this.linkPreviews = {
      isOn: env.LINK_PREVIEWS === 'true',
      allowPrivate: env.LINK_PREVIEWS_ALLOW_PRIVATE === 'true',
      ...(env.LINK_PREVIEWS_PORTS !== '*' && { ports: env.LINK_PREVIEWS_PORTS.split(',').map(Number) }),
    };
    this.webhooksAllowPrivate = env.WEBHOOKS_ALLOW_PRIVATE === 'true';
    this.webhookRetryHours = env.WEBHOOK_RETRY_HOURS;
    this.webhookLogDays = env.WEBHOOK_LOG_DAYS;
    if (env.SECRETS_KEY) this.secretsKey = env.SECRETS_KEY;
    this.previousSecretsKeys = listOf(env.SECRETS_KEY_PREVIOUS);
    if (env.REDIS_URL) this.redisUrl = env.REDIS_URL;
    this.limits = {
      requests: env.RATE_LIMIT_REQUESTS,
      seconds: env.RATE_LIMIT_SECONDS,
      users: env.QUOTA_USERS,
      channels: env.QUOTA_CHANNELS,
      messagesPerMonth: env.QUOTA_MESSAGES_PER_MONTH,
    };
    this.realtime = {
      frameBytes: env.REALTIME_FRAME_BYTES,
      bufferedBytes: env.REALTIME_BUFFER_BYTES,
      requestsPerSecond: env.REALTIME_REQUESTS_PER_SECOND,
    };
    this.oauthFailuresPerMinute = env.OAUTH_FAILURES_PER_MINUTE;
    this.trustedProxies = listOf(env.TRUST_PROXY);
    this.originIsFixed = env.PUBLIC_URL !== undefined;
    this.origin = env.PUBLIC_URL?.replace(/\/+$/, '') ?? this.localOrigin(env.PORT);
  }

  /** The origin of every link. Never taken from a request: the Host header is the caller's to choose. */
  get publicUrl(): string {
    return this.origin;
  }

  /** Without a PUBLIC_URL the links name the port that the server really got (PORT=0 asks for any free one). */
  listeningOn(port: number): void {
    if (!this.originIsFixed) this.origin = this.localOrigin(port);
  }

  private localOrigin(port: number): string {
    return `${this.tls ? 'https' : 'http'}://localhost:${port}`;
  }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

/** Reads and checks the environment. Throws a {@link ConfigError} that names every problem at once. */
export function loadConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const env = new Environment();
  const problems: string[] = [];
  for (const name of ENVIRONMENT_NAMES) {
    const given = variables[name];
    if (given === undefined || given === '') continue;
    const isNumber = typeof env[name] === 'number';
    Object.assign(env, { [name]: isNumber ? Number(given) : given });
  }
  env.DATABASE_URL ||= `sqlite:${env.DATA_DIR}/chatkitty.sqlite`;
  for (const error of validateSync(env, { forbidUnknownValues: false, stopAtFirstError: true }))
    problems.push(`${error.property} ${Object.values(error.constraints ?? {}).join(' and ')}`);
  let database: DatabaseTarget | undefined;
  if (SQLITE_URL.test(env.DATABASE_URL) || MYSQL_URL.test(env.DATABASE_URL)) {
    database = databaseTarget(env.DATABASE_URL);
    if (!database)
      problems.push('DATABASE_URL must name a host and a database: mysql://user:password@host:3306/database');
  }
  if (problems.length > 0 || !database) throw new ConfigError(problems);
  return new Config(env, database);
}

// Decorated fields without a value do not exist on a new object, so the names are spelled out once.
function databaseTarget(url: string): DatabaseTarget | undefined {
  const sqlite = SQLITE_URL.exec(url);
  if (sqlite) return { engine: 'sqlite', file: sqlite[1]! };
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (!parsed.hostname || !database) return undefined;
  return {
    engine: 'mysql',
    host: parsed.hostname,
    port: Number(parsed.port || 3306),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database,
  };
}

function storageTarget(env: Environment): StorageTarget {
  if (!usesS3(env)) return { kind: 'disk', folder: `${env.DATA_DIR}/files` };
  return {
    kind: 's3',
    bucket: env.S3_BUCKET,
    region: env.S3_REGION,
    ...(env.S3_ENDPOINT && { endpoint: env.S3_ENDPOINT }),
    ...(env.S3_ACCESS_KEY_ID &&
      env.S3_SECRET_ACCESS_KEY && {
        credentials: { accessKeyId: env.S3_ACCESS_KEY_ID, secretAccessKey: env.S3_SECRET_ACCESS_KEY },
      }),
    forcePathStyle: env.S3_FORCE_PATH_STYLE === 'true',
  };
}

/** Which engine the environment names: entity columns are declared before a {@link Config} can be handed to them. */
export function databaseEngine(variables: NodeJS.ProcessEnv = process.env): DatabaseTarget['engine'] {
  return MYSQL_URL.test(variables.DATABASE_URL ?? '') ? 'mysql' : 'sqlite';
}
