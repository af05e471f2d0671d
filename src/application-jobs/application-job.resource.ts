import { APPLICATION } from '../hal/links.js';
import { AddressField, EnumField, IdField, IntegerField, ObjectField, TimeField } from '../resource/fields.js';
import { Links } from '../resource/registry.js';
import { ApplicationJobRow } from './application-jobs.repository.js';

/** The first five are published. */
export const JOB_TYPES = [
  'CHANNEL_IMPORT',
  'CHANNEL_MEMBERS_IMPORT',
  'MESSAGE_IMPORT',
  'USER_IMPORT',
  'MESSAGE_ANALYTICS_EXPORT',
  'USER_ANALYTICS_EXPORT',
  'APPLICATION_IMPORT',
  'APPLICATION_EXPORT',
] as const;
export type JobType = (typeof JOB_TYPES)[number];
export const JOB_STATES = ['PENDING', 'RUNNING', 'FINISHED', 'FAILED'] as const;

/** What has become of the items of a job. */
export class ApplicationJobCountsProperties {
  @IntegerField({ description: 'Items that there are', format: 'int64' })
  total!: number;

  @IntegerField({ description: 'Items that have been looked at', format: 'int64' })
  processed!: number;

  @IntegerField({ description: 'Items that were imported, or exported', format: 'int64' })
  created!: number;

  @IntegerField({ description: 'Items that had been imported before', format: 'int64' })
  skipped!: number;

  @IntegerField({
    description: 'Items that could not be imported; the link errors leads to the reasons',
    format: 'int64',
  })
  failed!: number;
}

/** A long running job. */
@Links({
  self: '/jobs/{id}',
  file: '/jobs/{fileOf}/file',
  errors: '/jobs/{errorsOf}/errors',
  application: APPLICATION,
})
export class ApplicationJobResource {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @EnumField({ description: 'The type of application job', values: JOB_TYPES, enumName: 'ApplicationJobType' })
  type!: JobType;

  @EnumField({
    description: 'The running state of an application job',
    values: JOB_STATES,
    enumName: 'ApplicationJobState',
  })
  state!: string;

  @TimeField({ description: 'The time this job was created' })
  createdTime!: number;

  @TimeField({ description: 'The time this job ended, well or badly', optional: true })
  endedTime?: number;

  @AddressField({ description: 'Where the file is that this job has made', optional: true })
  file?: string;

  @IntegerField({ description: 'How much is done, in percent', format: 'int32', max: 100 })
  progress!: number;

  @ObjectField({ description: 'What has become of the items', type: () => ApplicationJobCountsProperties })
  counts!: ApplicationJobCountsProperties;

  /** For the links to what there is. */
  fileOf?: number;
  errorsOf?: number;
}

export const isExport = (type: string): boolean => type.endsWith('_EXPORT');

/** `userExportType` is what the configuration calls exports of user analytics, see USER_EXPORT_JOB_TYPE. */
export function toJobResource(job: ApplicationJobRow, userExportType: string): ApplicationJobResource {
  const { id, type, state, created_time, ended_time, has_files, total, processed, created, skipped, failed } = job;
  const hasFile = has_files === 1 && isExport(type) && state === 'FINISHED';
  return {
    id,
    type: type === 'USER_ANALYTICS_EXPORT' ? (userExportType as JobType) : type,
    state,
    createdTime: created_time,
    ...(ended_time !== null && { endedTime: ended_time }),
    ...(hasFile && { file: `/v1/jobs/${id}/file`, fileOf: id }),
    ...(has_files === 1 && failed > 0 && { errorsOf: id }),
    progress: progressOf(job),
    counts: { total: Math.max(total, processed), processed, created, skipped, failed },
  };
}

/** 100 only when it is finished. */
export function progressOf({ state, total, processed }: ApplicationJobRow): number {
  if (state === 'FINISHED') return 100;
  return total === 0 ? 0 : Math.min(99, Math.floor((processed / total) * 100));
}
