import { HOSTED_FILES } from '../files/hosted-file.js';
import { UploadOptions } from '../uploads/upload-options.js';
import { CreateFileMessageForm, CreateMessageResource } from './message.resource.js';

/** Sending a file instead of saying where it is. */
export const MESSAGE_UPLOAD: UploadOptions = {
  form: CreateFileMessageForm,
  prefix: HOSTED_FILES,
  maxBytes: ({ maxUploadBytes }) => maxUploadBytes,
};

/** The message that a form stands for. */
export function toNewMessage(given: CreateMessageResource | CreateFileMessageForm): CreateMessageResource {
  if (!(given instanceof CreateFileMessageForm)) return given;
  const { username, ...message } = given;
  return { type: 'FILE', ...message, ...(username !== undefined && { user: { username } }) };
}
