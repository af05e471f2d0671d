import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { resource } from '../../hal/answer.js';
import { Relay } from '../destinations/handlers.js';
import { GrantResource } from '../resources/grant.resource.js';

const GRANT_BYTES = 32;

/** Apps ask for these before anything else, and show them with files. */
@Injectable()
export class FileGrantsHandlers {
  @Relay('user.write_file_access_grant', { answer: resource(GrantResource) })
  write(): GrantResource {
    return { grant: randomBytes(GRANT_BYTES).toString('base64url') };
  }

  @Relay('user.read_file_access_grant', { answer: resource(GrantResource) })
  read(): GrantResource {
    return { grant: randomBytes(GRANT_BYTES).toString('base64url') };
  }
}
