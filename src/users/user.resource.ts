import { HOSTED_FILES } from '../files/hosted-file.js';
import { APPLICATION } from '../hal/links.js';
import {
  AddressField,
  BooleanField,
  EnumField,
  FileField,
  IdField,
  NameField,
  ObjectField,
  PropertiesField,
  TextField,
} from '../resource/fields.js';
import type { JsonText, Properties } from '../resource/json.js';
import { About, Links } from '../resource/registry.js';
import { UnchangedField } from '../resource/unchanged.js';
import { UploadedFile } from '../uploads/uploaded-file.js';
import { UploadOptions } from '../uploads/upload-options.js';
import { UserRow } from './user.rows.js';

export const DISPLAY_NAME_MAX = 255;
export const PRESENCE_STATUS_MAX = 64;
export const USER_TYPES = ['PERSON', 'BOT'] as const;

/** Whether a user can be reached. */
export class ChatUserPresenceProperties {
  @BooleanField({ description: 'True if this user has an active user session' })
  online!: boolean;

  @TextField({ description: 'The availability status of this user', max: PRESENCE_STATUS_MAX })
  status!: string;
}

/** A user, as it stands inside other resources. */
export class ChatUserProperties {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @EnumField({ description: 'Type of user', values: USER_TYPES, enumName: 'ChatUserType' })
  type!: string;

  @TextField({ description: 'The unique name used to identify this user. Also known as username', max: 255 })
  name!: string;

  @TextField({ description: 'Human readable name of this user. Shown to other users', max: DISPLAY_NAME_MAX })
  displayName!: string;

  @AddressField({ description: "URL for this user's display picture" })
  displayPictureUrl!: string;

  @BooleanField({ description: 'True if this user was created by a guest user session' })
  isGuest!: boolean;

  @ObjectField({ description: 'Presence status of this user', type: () => ChatUserPresenceProperties })
  presence!: ChatUserPresenceProperties;

  @PropertiesField({ description: 'Custom data associated with this user' })
  properties!: JsonText;
}

/** An end user. */
@Links({
  self: '/users/{id}',
  channels: '/users/{id}/channels',
  messages: '/users/{id}/messages',
  unreadMessagesCount: '/users/{id}/messages/unread/count',
  notifications: '/users/{id}/notifications',
  displayPicture: '/users/{id}/display-picture',
  application: APPLICATION,
})
export class ChatUserResource extends ChatUserProperties {}

/** What a new user has. */
@About('User')
export class CreatePersonChatUserResource {
  @NameField({ description: 'The unique name used to identify this user. Also known as username', example: 'ada' })
  name!: string;

  @TextField({
    description: 'Human readable name of this user. Shown to other users',
    max: DISPLAY_NAME_MAX,
    notBlank: true,
    example: 'Ada',
  })
  displayName!: string;

  @BooleanField({
    description: 'True if this user was created by a guest user session. False if absent',
    optional: true,
    aliases: ['guest'],
  })
  isGuest?: boolean;

  @PropertiesField({ description: 'Custom data associated with this user', optional: true })
  properties?: Properties;
}

export class ChatUserPresencePropertiesPatch {
  @TextField({ description: 'The availability status of this user', max: PRESENCE_STATUS_MAX, optional: true })
  status?: string;
}

/** What can be changed of a user. */
@About('User')
export class ChatUserPropertiesPatch {
  @UnchangedField()
  name?: unknown;

  @UnchangedField()
  type?: unknown;

  @TextField({
    description: 'Human readable name of this user. Shown to other users',
    max: DISPLAY_NAME_MAX,
    notBlank: true,
    optional: true,
  })
  displayName?: string;

  @BooleanField({
    description: 'False requires that this user be authenticated from now on',
    optional: true,
    aliases: ['guest'],
  })
  isGuest?: boolean;

  @ObjectField({
    description: 'Presence status of this user',
    type: () => ChatUserPresencePropertiesPatch,
    optional: true,
  })
  presence?: ChatUserPresencePropertiesPatch;

  @PropertiesField({
    description: 'Custom data, merged into what there is; null removes a key (RFC 7396)',
    optional: true,
  })
  properties?: Properties;
}

/** What a browser can show, and nothing that it could run. */
const PICTURES = ['image/png', 'image/apng', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];

/** A picture that comes with the request. */
@About('User')
export class DisplayPictureForm {
  @FileField({ description: 'The picture: PNG, JPEG, GIF, WebP or AVIF' })
  file!: UploadedFile;
}

export const DISPLAY_PICTURE_UPLOAD: UploadOptions = {
  form: DisplayPictureForm,
  prefix: HOSTED_FILES,
  maxBytes: ({ maxUploadBytes }) => maxUploadBytes,
  check: ({ contentType }) =>
    PICTURES.includes(contentType)
      ? undefined
      : { code: 'unprocessable', message: `must be one of ${PICTURES.join(', ')}, not ${contentType}` },
};

// Most names: in an address they stand as they are, but for their spaces.
const PLAIN_NAME = /^[A-Za-z0-9 _-]+$/;

/** Where the generated picture of a user without one is served, spelled as forms are. */
export function picturePath(displayName: string): string {
  if (PLAIN_NAME.test(displayName)) return `/v1/picture/${displayName.replaceAll(' ', '+')}`;
  const text = encodeURIComponent(displayName).replaceAll('%20', '+');
  // Dots alone would be read as a step in the path; the picture is the same with a space before them.
  return `/v1/picture/${/^\.{1,2}$/.test(text) ? '+' : ''}${text}`;
}

export function toUserProperties(user: UserRow): ChatUserProperties {
  return {
    id: user.id,
    type: user.type,
    // A deleted user has no name any more, but what they wrote still needs a sender.
    name: user.name ?? `deleted-user-${user.id}`,
    displayName: user.display_name,
    displayPictureUrl: user.display_picture ?? picturePath(user.display_name),
    isGuest: user.is_guest === 1,
    presence: { online: user.presence_online === 1, status: user.presence_status },
    properties: user.properties,
  };
}

export const toUserResource: (user: UserRow) => ChatUserResource = toUserProperties;
