import { Injectable } from '@nestjs/common';
import { CreateExternalFileProperties } from '../files/file.resource.js';
import { readWhole } from '../resource/input.js';
import { ObjectField, PropertiesField, TextField } from '../resource/fields.js';
import type { Properties } from '../resource/json.js';
import { About } from '../resource/registry.js';
import { UploadedFile } from '../uploads/uploaded-file.js';
import { ChatUserPresencePropertiesPatch, DISPLAY_NAME_MAX, DisplayPictureForm } from './user.resource.js';
import { UserRow } from './user.rows.js';
import { UsersService } from './users.service.js';

/** What users can change of themselves. */
@About('User')
export class CurrentUserProperties {
  @TextField({
    description: 'Human readable name of this user. Shown to other users',
    max: DISPLAY_NAME_MAX,
    notBlank: true,
    optional: true,
  })
  displayName?: string;

  @ObjectField({
    description: 'Presence status of this user',
    type: () => ChatUserPresencePropertiesPatch,
    optional: true,
  })
  presence?: ChatUserPresencePropertiesPatch;

  @PropertiesField({ description: 'Custom data, in place of what there is', optional: true })
  properties?: Properties;
}

/** What users do with what is said of themselves. */
@Injectable()
export class CurrentUser {
  constructor(private readonly users: UsersService) {}

  retrieve(applicationId: number, userId: number): Promise<UserRow> {
    return this.users.retrieve(applicationId, userId);
  }

  /** `given` is the user as the app has it. What users cannot change of themselves is passed over. */
  async update(applicationId: number, userId: number, given: unknown): Promise<UserRow> {
    return this.users.update(applicationId, userId, readWhole(CurrentUserProperties, given), 'replaced');
  }

  /** `given` says where the picture is, as an app sent it. */
  async changeDisplayPicture(applicationId: number, userId: number, given: unknown): Promise<UserRow> {
    const picture = readWhole(CreateExternalFileProperties, given);
    return this.users.changeDisplayPicture(applicationId, userId, picture);
  }

  /** A picture that was uploaded, see {@link DISPLAY_PICTURE_UPLOAD}. */
  async uploadDisplayPicture(applicationId: number, userId: number, file: UploadedFile): Promise<UserRow> {
    return this.users.changeDisplayPicture(applicationId, userId, Object.assign(new DisplayPictureForm(), { file }));
  }

  delete(applicationId: number, userId: number): Promise<void> {
    return this.users.delete(applicationId, userId);
  }
}
