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
  ValidationOptions,
} from 'class-validator';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** Whether all messages of an application can be deleted with one request. */
export const DELETE_ALL_MESSAGES = ['allowed', 'confirm', 'denied'] as const;
/** What the API calls the jobs of `POST /analytics/users`: the published list of types has none of their own. */
const USER_EXPORT_JOB_TYPES = ['USER_ANALYTICS_EXPORT', 'MESSAGE_ANALYTICS_EXPORT'] as const;

export const usesS3 = ({ STORAGE }: { STORAGE: string }): boolean => STORAGE === 's3';

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
export class Environment {
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
  PUBLIC_URL?: string = undefined;

  @Matches(/^(\*|https?:\/\/[^\s,/]+(\s*,\s*https?:\/\/[^\s,/]+)*)?$/, {
    message: 'must be *, or origins such as https://dashboard.example.org, separated by commas',
  })
  CORS_ORIGINS = '';

  @ValidateIf((env: Environment) => env.BOOTSTRAP_CLIENT_SECRET !== undefined || env.BOOTSTRAP_CLIENT_ID !== undefined)
  @Matches(/^[\x21-\x39\x3B-\x7E]{1,128}$/, {
    message: 'must be 1 to 128 visible ASCII characters without a colon, and set together with BOOTSTRAP_CLIENT_SECRET',
  })
  BOOTSTRAP_CLIENT_ID?: string = undefined;

  @ValidateIf((env: Environment) => env.BOOTSTRAP_CLIENT_SECRET !== undefined || env.BOOTSTRAP_CLIENT_ID !== undefined)
  @Matches(/^(?!change[-_ ]?me|secret$|password$|your[-_ ]).*/i, {
    message: 'is a placeholder; choose a secret of your own',
  })
  @Matches(/^[\x20-\x7E]{8,256}$/, {
    message: 'must be 8 to 256 ASCII characters, and set together with BOOTSTRAP_CLIENT_ID',
  })
  BOOTSTRAP_CLIENT_SECRET?: string = undefined;

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  MIGRATE_ON_START = 'true';

  @ValidateIf((env: Environment) => env.TLS_CERT_FILE !== undefined || env.TLS_KEY_FILE !== undefined)
  @IsReadableFile({ message: 'must be a file that can be read, and set together with TLS_KEY_FILE' })
  TLS_CERT_FILE?: string = undefined;

  @ValidateIf((env: Environment) => env.TLS_CERT_FILE !== undefined || env.TLS_KEY_FILE !== undefined)
  @IsReadableFile({ message: 'must be a file that can be read, and set together with TLS_CERT_FILE' })
  TLS_KEY_FILE?: string = undefined;

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
  SECRETS_KEY?: string = undefined;

  @Matches(/^([^,\s][^,]{14,}[^,\s](,[^,\s][^,]{14,}[^,\s])*)?$/, {
    message: 'must be keys that SECRETS_KEY was before, separated by commas',
  })
  SECRETS_KEY_PREVIOUS = '';

  @IsOptional()
  @Matches(/^rediss?:\/\/\S+$/, { message: 'must look like redis://user:password@host:6379/0' })
  REDIS_URL?: string = undefined;

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
  S3_ENDPOINT?: string = undefined;

  @ValidateIf((env: Environment) => usesS3(env) && env.S3_SECRET_ACCESS_KEY !== undefined)
  @Matches(/^[\x21-\x7E]{1,256}$/, {
    message: 'must be 1 to 256 visible ASCII characters, and set together with S3_SECRET_ACCESS_KEY',
  })
  S3_ACCESS_KEY_ID?: string = undefined;

  @ValidateIf((env: Environment) => usesS3(env) && env.S3_ACCESS_KEY_ID !== undefined)
  @Matches(/^[\x21-\x7E]{1,256}$/, {
    message: 'must be 1 to 256 visible ASCII characters, and set together with S3_ACCESS_KEY_ID',
  })
  S3_SECRET_ACCESS_KEY?: string = undefined;

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  S3_FORCE_PATH_STYLE = 'false';

  @IsInt({ message: 'must be a whole number of bytes' })
  @Min(65_536, { message: 'must be 65536 bytes or more' })
  @Max(16_777_216, { message: 'must be 16 MiB (16777216 bytes) or less' })
  REALTIME_FRAME_BYTES = 524_288;

  @IsInt({ message: 'must be a whole number of bytes' })
  @Min(1_048_576, { message: 'must be a mebibyte (1048576 bytes) or more' })
  @Max(1_073_741_824, { message: 'must be a gibibyte (1073741824 bytes) or less' })
  REALTIME_BUFFER_BYTES = 4_194_304;

  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be 0 (no limit) or more' })
  @Max(10_000, { message: 'must be 10000 or less' })
  REALTIME_REQUESTS_PER_SECOND = 20;

  @IsInt({ message: 'must be a whole number of bytes' })
  @Min(1024, { message: 'must be 1024 bytes or more' })
  @Max(5_368_709_120, { message: 'must be 5 GB (5368709120 bytes) or less' })
  MAX_UPLOAD_BYTES = 26_214_400;
}

/** Every variable that is read. */
export const ENVIRONMENT_NAMES = Object.keys(new Environment()) as (keyof Environment)[];
