import { ChatKitty } from 'chatkitty-platform-sdk';

type Methods = { readonly [Group in keyof ChatKitty]?: readonly (keyof ChatKitty[Group])[] };

/** Which methods of the published SDK each spec in test/sdk has to use. The names of the specs are those of their files. */
export const METHODS_BY_SPEC = {
  application: {
    Application: [
      'retrieveAuthenticatedApplication',
      'retrieveAuthenticatedApplicationSettings',
      'updateAuthenticatedApplicationSettings',
    ],
  },
  channels: {
    Channels: ['createChannel', 'deleteChannel', 'listChannels', 'retrieveChannel', 'updateChannel'],
  },
  'channel-life': {
    Channels: [
      'addChannelModerator',
      'listChannelInvites',
      'listChannelModerators',
      'removeChannelModerator',
      'sendChannelEvent',
      'sendChannelInvite',
      'sendChannelKeystrokes',
    ],
    Threads: ['sendThreadKeystrokes'],
  },
  'channel-members': {
    Channels: ['addChannelMember', 'listChannelMembers', 'listChannelMemberships', 'removeChannelMember'],
  },
  'channel-messages': {
    Channels: ['listChannelMessages', 'sendChannelMessage'],
  },
  imports: {
    Imports: ['importChannelMembers', 'importChannels', 'importMessages', 'importUsers'],
    Jobs: ['listJobs', 'retrieveJob'],
  },
  messages: {
    Messages: [
      'deleteMessage',
      'deleteMessages',
      'listMessageReadReceipts',
      'listMessages',
      'retrieveMessage',
      'updateMessage',
    ],
  },
  participants: {
    Channels: ['listChannelParticipants'],
  },
  threads: {
    Threads: ['listThreadMessages', 'retrieveThread', 'sendThreadMessage'],
  },
  'user-messages': {
    Users: ['listUserChannels', 'listUserMessages', 'listUserNotifications'],
  },
  users: {
    Users: [
      'checkUserExists',
      'createUser',
      'deleteUser',
      'listUsers',
      'removeUserSecret',
      'retrieveUser',
      'retrieveUserSecret',
      'setUserSecret',
      'updateUser',
      'updateUserDisplayPicture',
    ],
  },
} as const satisfies Record<string, Methods>;

export type SdkSpec = keyof typeof METHODS_BY_SPEC;

/** All of a spec, with their groups: `Users.createUser`. */
export function methodsOf(spec: SdkSpec): string[] {
  return Object.entries(METHODS_BY_SPEC[spec])
    .flatMap(([group, methods]) => (methods as readonly string[]).map((method) => `${group}.${method}`))
    .sort();
}
