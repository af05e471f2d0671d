import { EnumField, IntegerField, TextField } from '../resource/fields.js';

export const FILE_TYPES = ['HOSTED', 'EXTERNAL'] as const;
export const FILE_URL_MAX = 2_048;
export const FILE_NAME_MAX = 255;
export const CONTENT_TYPE_MAX = 255;

/** Where a file is that is kept elsewhere. */
export class CreateExternalFileProperties {
  @TextField({
    description: 'The file URL',
    max: FILE_URL_MAX,
    format: 'uri',
    pattern: { matches: /^https?:\/\/[^\s/]+/i, message: 'must be an absolute http or https URL' },
    example: 'https://files.example.org/plan.pdf',
  })
  url!: string;

  @TextField({ description: 'The file name', max: FILE_NAME_MAX, example: 'plan.pdf' })
  name!: string;

  @TextField({
    description: 'The mime type of this file',
    max: CONTENT_TYPE_MAX,
    pattern: { matches: /^[\w.+-]+\/[\w.+-]+(\s*;.*)?$/, message: 'must be a media type such as image/png' },
    example: 'application/pdf',
  })
  contentType!: string;

  @IntegerField({ description: 'The size of this file in bytes', format: 'int64', example: 48_200 })
  size!: number;
}

/** A file: kept by this server, or elsewhere. */
export class FileProperties {
  @EnumField({ description: 'Where the file is kept', values: FILE_TYPES, enumName: 'FileType' })
  type!: (typeof FILE_TYPES)[number];

  @TextField({ description: 'The file URL', max: FILE_URL_MAX })
  url!: string;

  @TextField({ description: 'The file name', max: FILE_NAME_MAX })
  name!: string;

  @TextField({ description: 'The mime type of this file', max: CONTENT_TYPE_MAX })
  contentType!: string;

  @IntegerField({ description: 'The size of this file in bytes', format: 'int64' })
  size!: number;
}
