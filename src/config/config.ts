import { readFileSync } from 'node:fs';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  validateSync,
  ValidationOptions,
} from 'class-validator';

/** How the server reaches its database. */
export type DatabaseTarget =
  | { engine: 'sqlite'; file: string }
  | { engine: 'mysql'; host: string; port: number; user: string; password: string; database: string };

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Whether all messages of an application can be deleted with one request. */
const DELETE_ALL_MESSAGES = ['allowed', 'confirm', 'denied'] as const;
const SQLITE_URL = /^sqlite:(.+)$/;
const MYSQL_URL = /^(mysql|mariadb):\/\//;

function isReadableFile(path: unknown): boolean {
  try {
    return typeof path === 'string' && readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

const IsReadableFile = (options: ValidationOptions) =>
  ValidateBy({ name: 'isReadableFile', validator: { validate: isReadableFile } }, options);

/**
 * Everything an operator can set, read from the environment once at start. Field names are the
 * environment's own, so a complaint names what the operator typed.
 */
class Environment {
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 or more' })
  @Max(65535, { message: 'must be 65535 or less' })
  PORT = 3000;

  HOST = '0.0.0.0';

  @Matches(/^(sqlite:.+|(mysql|mariadb):\/\/.+)$/, {
    message:
      'must look like sqlite:./data/chatkitty.sqlite, sqlite::memory: or mysql://user:password@host:3306/database',
  })
  /** By default a file in DATA_DIR. */
  DATABASE_URL = '';

  @IsInt({ message: 'must be a whole number' })
  // While one connection holds the lock of the schema, another migrates.
  @Min(2, { message: 'must be 2 or more' })
  @Max(1000, { message: 'must be 1000 or less' })
  DATABASE_POOL_SIZE = 32;

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  DATABASE_SHARED_COMMITS = 'true';

  DATA_DIR = './data';

  @IsOptional()
  @IsUrl(
    { require_tld: false, require_protocol: true, protocols: ['http', 'https'], allow_query_components: false },
    { message: 'must be an absolute http or https URL such as https://chat.example.org' },
  )
  PUBLIC_URL?: string;

  @Matches(/^(\*|https?:\/\/[^\s,/]+(\s*,\s*https?:\/\/[^\s,/]+)*)?$/, {
    message: 'must be *, or origins such as https://dashboard.example.org, separated by commas',
  })
  CORS_ORIGINS = '';

  @ValidateIf((env: Environment) => env.BOOTSTRAP_CLIENT_SECRET !== undefined || env.BOOTSTRAP_CLIENT_ID !== undefined)
  @Matches(/^[\x21-\x39\x3B-\x7E]{1,128}$/, {
    message: 'must be 1 to 128 visible ASCII characters without a colon, and set together with BOOTSTRAP_CLIENT_SECRET',
  })
  BOOTSTRAP_CLIENT_ID?: string;

  @ValidateIf((env: Environment) => env.BOOTSTRAP_CLIENT_SECRET !== undefined || env.BOOTSTRAP_CLIENT_ID !== undefined)
  @Matches(/^(?!change[-_ ]?me|secret$|password$|your[-_ ]).*/i, {
    message: 'is a placeholder; choose a secret of your own',
  })
  @Matches(/^[\x20-\x7E]{8,256}$/, {
    message: 'must be 8 to 256 ASCII characters, and set together with BOOTSTRAP_CLIENT_ID',
  })
  BOOTSTRAP_CLIENT_SECRET?: string;

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  MIGRATE_ON_START = 'true';

  @ValidateIf((env: Environment) => env.TLS_CERT_FILE !== undefined || env.TLS_KEY_FILE !== undefined)
  @IsReadableFile({ message: 'must be a file that can be read, and set together with TLS_KEY_FILE' })
  TLS_CERT_FILE?: string;

  @ValidateIf((env: Environment) => env.TLS_CERT_FILE !== undefined || env.TLS_KEY_FILE !== undefined)
  @IsReadableFile({ message: 'must be a file that can be read, and set together with TLS_CERT_FILE' })
  TLS_KEY_FILE?: string;

  @IsInt({ message: 'must be a whole number of seconds' })
  @Min(60, { message: 'must be 60 seconds or more' })
  @Max(31_536_000, { message: 'must be a year (31536000 seconds) or less' })
  ACCESS_TOKEN_SECONDS = 43_200;

  @IsInt({ message: 'must be a whole number of hours' })
  @Min(1, { message: 'must be 1 hour or more' })
  @Max(8_760, { message: 'must be a year (8760 hours) or less' })
  IDEMPOTENCY_KEY_HOURS = 24;

  @IsInt({ message: 'must be a whole number of days' })
  @Min(1, { message: 'must be 1 day or more' })
  @Max(3_650, { message: 'must be ten years (3650 days) or less' })
  EVENT_RETENTION_DAYS = 30;

  @IsInt({ message: 'must be a whole number of days' })
  @Min(1, { message: 'must be 1 day or more' })
  @Max(3_650, { message: 'must be ten years (3650 days) or less' })
  NOTIFICATION_RETENTION_DAYS = 90;
  @IsIn(DELETE_ALL_MESSAGES, { message: `must be one of ${DELETE_ALL_MESSAGES.join(', ')}` })
  DELETE_ALL_MESSAGES: (typeof DELETE_ALL_MESSAGES)[number] = 'allowed';
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  LINK_PREVIEWS = 'true';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  LINK_PREVIEWS_ALLOW_PRIVATE = 'false';

  @Matches(/^(\*|\d{1,5}(\s*,\s*\d{1,5})*)$/, { message: 'must be * or port numbers separated by commas' })
  LINK_PREVIEWS_PORTS = '80,443';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  WEBHOOKS_ALLOW_PRIVATE = 'false';

  @IsInt({ message: 'must be a whole number of hours' })
  @Min(1, { message: 'must be 1 hour or more' })
  @Max(168, { message: 'must be a week (168 hours) or less' })
  WEBHOOK_RETRY_HOURS = 72;

  @IsInt({ message: 'must be a whole number of days' })
  // Longer than anything is tried again.
  @Min(8, { message: 'must be 8 days or more' })
  @Max(3_650, { message: 'must be ten years (3650 days) or less' })
  WEBHOOK_LOG_DAYS = 30;

  @IsOptional()
  @Matches(/^[^,\s]([^,]{14,}[^,\s])$/, {
    message:
      'must be 32 random bytes in base64 (openssl rand -base64 32), or a passphrase of at least 16 characters without a comma',
  })
  SECRETS_KEY?: string;

  @Matches(/^([^,\s][^,]{14,}[^,\s](,[^,\s][^,]{14,}[^,\s])*)?$/, {
    message: 'must be keys that SECRETS_KEY was before, separated by commas',
  })
  SECRETS_KEY_PREVIOUS = '';

  @IsOptional()
  @Matches(/^rediss?:\/\/\S+$/, { message: 'must look like redis://user:password@host:6379/0' })
  REDIS_URL?: string;

  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 (no limit) or more' })
  @Max(1_000_000_000, { message: 'must be 1000000000 or less' })
  RATE_LIMIT_REQUESTS = 1_000_000;

  @IsInt({ message: 'must be a whole number of seconds' })
  @Min(1, { message: 'must be 1 second or more' })
  @Max(86_400, { message: 'must be a day (86400 seconds) or less' })
  RATE_LIMIT_SECONDS = 10;

  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 (no limit) or more' })
  @Max(1_000_000, { message: 'must be 1000000 or less' })
  OAUTH_FAILURES_PER_MINUTE = 20;

  @Matches(/^([0-9a-f.:/]+|loopback|linklocal|uniquelocal)?(\s*,\s*([0-9a-f.:/]+|loopback|linklocal|uniquelocal))*$/i, {
    message: 'must be addresses or networks such as 10.0.0.0/8, separated by commas',
  })
  TRUST_PROXY = '';

  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 (no limit) or more' })
  QUOTA_USERS = 0;

  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 (no limit) or more' })
  QUOTA_CHANNELS = 0;

  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 (no limit) or more' })
  QUOTA_MESSAGES_PER_MONTH = 0;
}

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
const ENVIRONMENT_NAMES: readonly (keyof Environment)[] = [
  'PORT',
  'HOST',
  'DATABASE_URL',
  'DATABASE_POOL_SIZE',
  'DATA_DIR',
  'PUBLIC_URL',
  'CORS_ORIGINS',
  'BOOTSTRAP_CLIENT_ID',
  'BOOTSTRAP_CLIENT_SECRET',
  'LOG_LEVEL',
  'MIGRATE_ON_START',
  'TLS_CERT_FILE',
  'TLS_KEY_FILE',
  'ACCESS_TOKEN_SECONDS',
  'IDEMPOTENCY_KEY_HOURS',
  'EVENT_RETENTION_DAYS',
  'NOTIFICATION_RETENTION_DAYS',
  'DELETE_ALL_MESSAGES',
  'LINK_PREVIEWS',
  'LINK_PREVIEWS_ALLOW_PRIVATE',
  'LINK_PREVIEWS_PORTS',
  'WEBHOOKS_ALLOW_PRIVATE',
  'WEBHOOK_RETRY_HOURS',
  'WEBHOOK_LOG_DAYS',
  'SECRETS_KEY',
  'SECRETS_KEY_PREVIOUS',
  'REDIS_URL',
  'RATE_LIMIT_REQUESTS',
  'RATE_LIMIT_SECONDS',
  'OAUTH_FAILURES_PER_MINUTE',
  'TRUST_PROXY',
  'QUOTA_USERS',
  'QUOTA_CHANNELS',
  'QUOTA_MESSAGES_PER_MONTH',
];

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

/** Which engine the environment names: entity columns are declared before a {@link Config} can be handed to them. */
export function databaseEngine(variables: NodeJS.ProcessEnv = process.env): DatabaseTarget['engine'] {
  return MYSQL_URL.test(variables.DATABASE_URL ?? '') ? 'mysql' : 'sqlite';
}
