import {
  DirectChannelProperties,
  PrivateChannelProperties,
  PublicChannelProperties,
} from '../../channels/channel.resource.js';
import {
  FileChatUserMessageProperties,
  FileSystemMessageProperties,
  TextChatUserMessageProperties,
  TextSystemMessageProperties,
} from '../../messages/message.resource.js';
import { Source } from '../../resource/writer.js';
import { ChatUserProperties } from '../../users/user.resource.js';
import { MessageReadReceiptResource } from '../../receipts/receipt.resource.js';
import { ChannelGenericEventResource } from '../../signals/channel-event.resource.js';
import { ReplyThreadKeystrokesResource } from '../../signals/keystrokes.resource.js';
import { ReplyThreadResource } from '../../threads/thread.resource.js';
import { ChannelBlockRecordResource, UserBlockListItemResource } from './block-records.resource.js';
import { CurrentUserResource } from './current-user.resource.js';
import { Hypermedia, hypermedia, RealtimeRendering } from './hypermedia.js';
import { MessageReactionResource } from './reaction.resource.js';
import { CHANNEL_TOPICS, THREAD_TOPICS, topicName, USER_TOPICS } from './topics.js';

/*
 * What can be done with which resource. Names are those of the protocol in snake_case behind the thing they belong to,
 * so that each is the same for a user on every connection.
 */

const topicsOf = (of: string, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(keys.map((key) => [key, topicName(of, key)]));

const isMember = ({ id }: Source, { standing }: RealtimeRendering): boolean => standing(id as number) !== 'NONE';

hypermedia(ChatUserProperties, {
  relays: { self: 'users/{id}', channelMember: 'users/{id}.channel_member' },
  actions: { block: 'users/{id}.block', delete: 'users/{id}.delete' },
});

hypermedia(CurrentUserResource, {
  relays: {
    self: 'user',
    readFileAccessGrant: 'user.read_file_access_grant',
    writeFileAccessGrant: 'user.write_file_access_grant',
    channelsCount: 'user.channels_count',
    channels: 'user.channels',
    joinableChannels: 'user.joinable_channels',
    unreadChannelsCount: 'user.unread_channels_count',
    unreadChannels: 'user.unread_channels',
    unreadMessagesCount: 'user.unread_messages_count',
    messages: 'user.messages',
    contactsCount: 'user.contacts_count',
    contacts: 'user.contacts',
    userBlockListItems: 'user.user_block_list_items',
  },
  topics: topicsOf('users/{id}', USER_TOPICS),
  actions: {
    update: 'user.update',
    createChannel: 'user.create_channel',
    updateDisplayPicture: 'user.update_display_picture',
    delete: 'users/{id}.delete',
  },
  streams: { displayPicture: '/streams/users/{id}/display-picture' },
});

const CHANNEL: Hypermedia = {
  relays: {
    self: 'channels/{id}',
    messages: 'channels/{id}.messages',
    messagesCount: 'channels/{id}.messages_count',
    lastReceivedMessage: 'channels/{id}.last_received_message',
    lastReadMessage: 'channels/{id}.last_read_message',
    unread: 'channels/{id}.unread',
    // Published clients write the order behind these.
    members: 'channels/{id}.members?sort=',
    moderators: 'channels/{id}.moderators?sort=',
    blockRecords: 'channels/{id}.block_records',
    context: 'channels/{id}.context',
    threads: 'channels/{id}.threads',
    calls: 'channels/{id}.calls',
  },
  topics: topicsOf('channels/{id}', CHANNEL_TOPICS),
  actions: {
    message: 'channels/{id}.message',
    keystrokes: 'channels/{id}.keystrokes',
    read: 'channels/{id}.read',
    mute: 'channels/{id}.mute',
    triggerEvent: 'channels/{id}.trigger_event',
    update: 'channels/{id}.update',
    delete: 'channels/{id}.delete',
    clearHistory: 'channels/{id}.clear_history',
    hide: 'channels/{id}.hide',
    createThread: 'channels/{id}.create_thread',
    call: 'channels/{id}.call',
  },
  streams: { messages: '/streams/channels/{id}/messages' },
};

const GROUP_ACTIONS: Hypermedia['actions'] = {
  leave: { name: 'channels/{id}.leave', when: isMember },
  invite: { name: 'channels/{id}.invite', when: isMember },
  addModerator: { name: 'channels/{id}.add_moderator', when: isMember },
  deleteModerator: { name: 'channels/{id}.delete_moderator', when: isMember },
  block: { name: 'channels/{id}.block', when: isMember },
};

hypermedia(PublicChannelProperties, {
  ...CHANNEL,
  actions: {
    ...CHANNEL.actions,
    ...GROUP_ACTIONS,
    join: { name: 'channels/{id}.join', when: (source, rendering) => !isMember(source, rendering) },
  },
});
hypermedia(PrivateChannelProperties, { ...CHANNEL, actions: { ...CHANNEL.actions, ...GROUP_ACTIONS } });
// Apps expect that every channel has a name; the members of this one are what identifies it.
hypermedia(DirectChannelProperties, { ...CHANNEL, fields: ({ id }) => ({ name: `direct-${String(id)}` }) });

const MESSAGE: Hypermedia = {
  relays: {
    self: 'messages/{id}',
    channel: 'messages/{id}.channel',
    parent: { name: 'messages/{threadId}', when: (message, { isReply }) => isReply(message) },
    readReceipts: 'messages/{id}.read_receipts',
    repliesCount: 'messages/{id}.replies_count',
    replies: 'messages/{id}.replies',
    reactions: 'messages/{id}.reactions',
  },
  actions: {
    read: 'messages/{id}.read',
    unread: 'messages/{id}.unread',
    reply: 'messages/{id}.reply',
    edit: 'messages/{id}.edit',
    updateProperties: 'messages/{id}.update_properties',
    report: 'messages/{id}.report',
    delete: 'messages/{id}.delete',
    deleteForMe: 'messages/{id}.delete_for_me',
    react: 'messages/{id}.react',
    removeReaction: 'messages/{id}.remove_reaction',
  },
  streams: { replies: '/streams/messages/{id}/replies' },
};

for (const type of [
  TextChatUserMessageProperties,
  FileChatUserMessageProperties,
  TextSystemMessageProperties,
  FileSystemMessageProperties,
])
  hypermedia(type, MESSAGE);

hypermedia(ReplyThreadResource, {
  relays: {
    self: 'threads/{id}',
    channel: 'threads/{id}.channel',
    message: 'threads/{id}.message',
    messages: 'threads/{id}.messages',
  },
  topics: topicsOf('threads/{id}', THREAD_TOPICS),
  actions: { message: 'threads/{id}.message', keystrokes: 'threads/{id}.keystrokes', read: 'threads/{id}.read' },
  streams: { messages: '/streams/threads/{id}/messages' },
});

hypermedia(MessageReactionResource, { relays: { message: 'messages/{messageId}' } });
hypermedia(MessageReadReceiptResource, { relays: { message: 'messages/{messageId}' } });
hypermedia(ReplyThreadKeystrokesResource, { relays: { thread: 'threads/{threadId}', user: 'users/{userId}' } });
hypermedia(ChannelGenericEventResource, { relays: { channel: 'channels/{channelId}' } });
hypermedia(ChannelBlockRecordResource, { actions: { delete: 'channel_block_records/{id}.delete' } });
hypermedia(UserBlockListItemResource, { actions: { delete: 'user_block_list_items/{id}.delete' } });
