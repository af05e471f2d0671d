import { randomBytes } from 'node:crypto';
import { UploadedFile } from '../uploads/uploaded-file.js';
import { FileProperties } from './file.resource.js';

/** The folder in storage of all that has a row in `files`. */
export const HOSTED_FILES = 'files';

/** Longer names are cut in addresses. There they are for people: it is the token that names the file. */
const NAME_IN_ADDRESS_MAX = 600;

/** A file that is to be kept, with the token in its address. */
export interface HostedFile {
  token: string;
  file: UploadedFile;
}

/** Decides about the address: 256 random bits, which nobody can guess. */
export const hosted = (file: UploadedFile): HostedFile => ({ token: randomBytes(32).toString('base64url'), file });

/** Where this server has the file, as a path. */
export function hostedPath({ token, file: { name } }: HostedFile): string {
  let address = '';
  for (const character of name) {
    const encoded = encodeURIComponent(character);
    if (address.length + encoded.length > NAME_IN_ADDRESS_MAX) break;
    address += encoded;
  }
  return `/v1/files/${token}/${address}`;
}

/** The file as it is told about. */
export function hostedProperties(hostedFile: HostedFile): FileProperties {
  const { name, contentType, size } = hostedFile.file;
  return { type: 'HOSTED', url: hostedPath(hostedFile), name, contentType, size };
}
