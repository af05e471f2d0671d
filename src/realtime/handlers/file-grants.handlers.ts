import { Injectable } from '@nestjs/common';
import { FileGrants, GrantKind } from '../../grants/file-grants.js';
import { resource } from '../../hal/answer.js';
import { Caller } from '../connections/caller.js';
import type { RelayCall } from '../destinations/handlers.js';
import { Relay } from '../destinations/handlers.js';
import { GrantResource } from '../resources/grant.resource.js';

/** Apps ask for these before anything else, and show them with files. */
@Injectable()
export class FileGrantsHandlers {
  constructor(private readonly grants: FileGrants) {}

  @Relay('user.write_file_access_grant', { answer: resource(GrantResource) })
  write(call: RelayCall): GrantResource {
    return this.issue(call, 'WRITE');
  }

  @Relay('user.read_file_access_grant', { answer: resource(GrantResource) })
  read(call: RelayCall): GrantResource {
    return this.issue(call, 'READ');
  }

  private issue({ applicationId, userId }: Caller, kind: GrantKind): GrantResource {
    return { grant: this.grants.issue({ kind, applicationId, userId }) };
  }
}
