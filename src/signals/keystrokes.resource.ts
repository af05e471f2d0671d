import { APPLICATION } from '../hal/links.js';
import { NameField, TextField } from '../resource/fields.js';
import { About, Links } from '../resource/registry.js';
import type { ChatUserReference } from '../users/user-reference.js';
import { UserReferenceField } from '../users/user-reference.js';

/** What is being typed becomes a message, and is no longer than one. */
export const KEYS_MAX = 65_535;

/** What somebody is typing. It is not kept. */
@Links({ user: '/users/{userId}', thread: '/threads/{threadId}', application: APPLICATION })
export class ReplyThreadKeystrokesResource {
  @TextField({ description: 'What has been typed', min: 0, max: KEYS_MAX })
  keys!: string;

  @NameField({ description: 'The name of the user who is typing' })
  username!: string;

  userId!: number;
  threadId!: number;
}

/** What somebody has typed. */
@About('Keystrokes')
export class CreateDelegatedReplyThreadKeystrokesResource {
  @TextField({ description: 'What has been typed. Nothing, once all of it was deleted', min: 0, max: KEYS_MAX })
  keys!: string;

  @UserReferenceField({ description: 'The member who is typing' })
  user!: ChatUserReference;
}
