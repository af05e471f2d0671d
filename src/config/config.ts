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

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** What the API calls the jobs of `POST /analytics/users`: the published list of types has none of their own. */
const USER_EXPORT_JOB_TYPES = ['USER_ANALYTICS_EXPORT', 'MESSAGE_ANALYTICS_EXPORT'] as const;
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

const usesS3 = ({ STORAGE }: { STORAGE: string }): boolean => STORAGE === 's3';

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

  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be 1 or more' })
  @Max(100, { message: 'must be 100 or less' })
  JOBS_AT_ONCE = 4;

  @IsInt({ message: 'must be a whole number of days' })
  @Min(1, { message: 'must be 1 day or more' })
  @Max(3_650, { message: 'must be ten years (3650 days) or less' })
  JOB_FILE_RETENTION_DAYS = 7;

  @IsInt({ message: 'must be a whole number of bytes' })
  @Min(1_024, { message: 'must be 1024 bytes or more' })
  @Max(1_099_511_627_776, { message: 'must be a tebibyte (1099511627776 bytes) or less' })
  MAX_IMPORT_BYTES = 2_147_483_648;

  @IsIn(USER_EXPORT_JOB_TYPES, { message: `must be one of ${USER_EXPORT_JOB_TYPES.join(', ')}` })
  USER_EXPORT_JOB_TYPE: (typeof USER_EXPORT_JOB_TYPES)[number] = 'USER_ANALYTICS_EXPORT';

  @IsIn(['disk', 's3'], { message: 'must be disk or s3' })
  STORAGE = 'disk';

  @ValidateIf(usesS3)
  @Matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { message: 'must be the name of a bucket when STORAGE is s3' })
  S3_BUCKET = '';

  @ValidateIf(usesS3)
  @Matches(/^[a-z0-9-]{1,64}$/, { message: 'must be the name of a region such as eu-central-1' })
  S3_REGION = 'us-east-1';

  @ValidateIf((env: Environment) => usesS3(env) && env.S3_ENDPOINT !== undefined)
  @IsUrl(
    { require_tld: false, require_protocol: true, protocols: ['http', 'https'], allow_query_components: false },
    { message: 'must be an absolute http or https URL such as https://objects.example.org' },
  )
  S3_ENDPOINT?: string;

  @ValidateIf((env: Environment) => usesS3(env) && env.S3_SECRET_ACCESS_KEY !== undefined)
  @Matches(/^[\x21-\x7E]{1,256}$/, {
    message: 'must be 1 to 256 visible ASCII characters, and set together with S3_SECRET_ACCESS_KEY',
  })
  S3_ACCESS_KEY_ID?: string;

  @ValidateIf((env: Environment) => usesS3(env) && env.S3_ACCESS_KEY_ID !== undefined)
  @Matches(/^[\x21-\x7E]{1,256}$/, {
    message: 'must be 1 to 256 visible ASCII characters, and set together with S3_ACCESS_KEY_ID',
  })
  S3_SECRET_ACCESS_KEY?: string;

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  S3_FORCE_PATH_STYLE = 'false';

  @IsInt({ message: 'must be a whole number of bytes' })
  @Min(1024, { message: 'must be 1024 bytes or more' })
  @Max(5_368_709_120, { message: 'must be 5 GB (5368709120 bytes) or less' })
  MAX_UPLOAD_BYTES = 26_214_400;
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
  private origin: string;
  private readonly originIsFixed: boolean;

  constructor(env: Environment, database: DatabaseTarget) {
    this.port = env.PORT;
    this.host = env.HOST;
    this.database = database;
    this.databasePoolSize = env.DATABASE_POOL_SIZE;
    this.dataDir = env.DATA_DIR;
    this.corsOrigins = env.CORS_ORIGINS.split(',')
      .map((origin) => origin.trim())
      .filter(Boolean);
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
  'JOBS_AT_ONCE',
  'JOB_FILE_RETENTION_DAYS',
  'MAX_IMPORT_BYTES',
  'USER_EXPORT_JOB_TYPE',
  'STORAGE',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ENDPOINT',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'S3_FORCE_PATH_STYLE',
  'MAX_UPLOAD_BYTES',
];

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
