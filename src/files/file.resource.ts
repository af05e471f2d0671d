import { ClientError } from '../errors/api-error.js';
import { AddressField, EnumField, IntegerField, TextField } from '../resource/fields.js';
import { FILE_NAME_MAX } from '../uploads/file-name.js';

export const FILE_TYPES = ['HOSTED', 'EXTERNAL'] as const;
export const FILE_URL_MAX = 2_048;
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

  /** As it was given, if the file is kept elsewhere. */
  @AddressField({ description: 'The file URL', isFreeForm: true })
  url!: string;

  @TextField({ description: 'The file name', max: FILE_NAME_MAX })
  name!: string;

  @TextField({ description: 'The mime type of this file', max: CONTENT_TYPE_MAX })
  contentType!: string;

  @IntegerField({ description: 'The size of this file in bytes', format: 'int64' })
  size!: number;
}

/** The address of a file that is kept elsewhere, spelled so that it can stand where an address has to. */
export function externalAddress(url: string): string {
  if (!URL.canParse(url)) throw ClientError.of('File', 'url', 'invalid', 'must be an absolute http or https URL');
  const { href } = new URL(url);
  if (href.length > FILE_URL_MAX)
    throw ClientError.of('File', 'url', 'too_long', `must have at most ${FILE_URL_MAX} characters when it is encoded`);
  return href;
}
