/** A message, as far as apps show it. */
export interface ShownMessage {
  id: number;
  body: string;
  properties: object;
  /** Who has reacted, by emoji. */
  reactions: Map<string, Set<number>>;
}

/** A channel in a list, as far as apps show it. */
export interface ShownChannel {
  id: number;
  type: string;
  displayName?: string;
  properties: object;
}

/** A channel that the app has before its eyes. */
export class OpenChannel {
  readonly messages = new Map<number, ShownMessage>();
  /** Who has read which message. */
  readonly receipts = new Map<number, Set<number>>();
  readonly members = new Set<number>();
  readonly moderators = new Set<number>();
  readonly blocked = new Set<number>();
  /** Of whom it was heard that they came, or went. */
  readonly participants = new Map<number, boolean>();
  readonly typing = new Set<number>();
  /** The message that was told of last. */
  newest = 0;
}

/** What the resource of a message says. */
export function shownMessage({ id, body, properties, reactions = [] }: any): ShownMessage {
  const people = reactions.map(({ emoji, users }: any) => [
    emoji.character,
    new Set(users.map((user: any) => user.id)),
  ]);
  return { id, body, properties, reactions: new Map(people) };
}

export const shownChannel = ({ id, type, displayName, properties }: any): ShownChannel => ({
  id,
  type,
  ...(displayName !== undefined && { displayName }),
  properties,
});

/** What an app shows: what it has read when it began, and what it was told from then on. It asks nobody again. */
export class ChatView {
  self: any;
  readonly channels = new Map<number, ShownChannel>();
  readonly contacts = new Map<number, { displayName: string; online: boolean }>();
  readonly blocked = new Set<number>();
  /** Notifications that it was told of. */
  readonly notifications = new Set<number>();
  readonly open = new Map<number, OpenChannel>();
  /** Something has happened, so that counts of unread messages may be others. */
  isRecount = true;

  /** Takes in what the app was told. */
  hear(topic: string, { type, resource }: { type: string; resource: any }): void {
    const channelId = Number(/\/channels\/(\d+)/.exec(topic)?.[1] ?? 0);
    if (channelId === 0) this.ofUser[type]?.(resource);
    else {
      const open = this.open.get(channelId);
      // Those that have been on their way when the app closed it.
      if (open) this.ofChannel[type]?.(open, resource);
    }
  }

  private readonly ofUser: Record<string, (resource: any) => void> = {
    'user.self.updated': (user) => (this.self = user),
    'user.channel.created': (channel) => this.show(channel),
    'user.channel.upserted': (channel) => this.show(channel),
    'user.channel.joined': (channel) => this.show(channel),
    'user.channel.unhidden': (channel) => this.show(channel),
    'user.channel.updated': (channel) => {
      if (this.channels.has(channel.id)) this.show(channel);
    },
    'user.channel.hidden': ({ id }) => this.forget(id, false),
    // By its other name it also answers whoever puts somebody else out.
    'me.channel.left': ({ id }) => this.forget(id),
    'user.channel.deleted': ({ id }) => this.forget(id),
    'user.message.created': () => (this.isRecount = true),
    'user.message.deleted_for_me': ({ id, channelId }) => this.remove(channelId, [id]),
    'message.read_receipt.created': () => (this.isRecount = true),
    'message.read_receipt.deleted': () => (this.isRecount = true),
    'user.notification.created': ({ id }) => {
      if (this.notifications.has(id)) throw new Error(`Notification ${id} was told twice`);
      this.notifications.add(id);
      this.isRecount = true;
    },
    'contact.user.updated': (user) => this.meet(user),
    'contact.presence.changed': (user) => this.meet(user),
    'user.user.blocked': ({ id }) => this.blocked.add(id),
    'user.user_blocklist_item.created': ({ user }) => this.blocked.add(user.id),
    'user.user.unblocked': ({ id }) => this.blocked.delete(id),
  };

  private readonly ofChannel: Record<string, (open: OpenChannel, resource: any) => void> = {
    'channel.self.deleted': (_open, { id }) => this.forget(id),
    'channel.message.created': (open, message) => {
      if (message.id <= open.newest) throw new Error(`Message ${message.id} was told after ${open.newest}`);
      open.newest = message.id;
      open.messages.set(message.id, shownMessage(message));
      this.isRecount = true;
    },
    'channel.message.updated': (open, message) => {
      if (open.messages.has(message.id)) open.messages.set(message.id, shownMessage(message));
    },
    'channel.message.deleted': (open, { id }) => {
      open.messages.delete(id);
      open.receipts.delete(id);
      this.isRecount = true;
    },
    'message.reaction.created': (open, { emoji, user, _relays }) => {
      const { reactions } = open.messages.get(messageIn(_relays)) ?? {};
      reactions?.set(emoji.character, (reactions.get(emoji.character) ?? new Set()).add(user.id));
    },
    'message.reaction.removed': (open, { emoji, user, _relays }) => {
      const { reactions } = open.messages.get(messageIn(_relays)) ?? {};
      const people = reactions?.get(emoji.character);
      people?.delete(user.id);
      if (people?.size === 0) reactions!.delete(emoji.character);
    },
    'message.read_receipt.created': (open, { user, _relays }) => {
      const id = messageIn(_relays);
      open.receipts.set(id, (open.receipts.get(id) ?? new Set()).add(user.id));
    },
    'message.read_receipt.deleted': (open, { user, _relays }) => open.receipts.get(messageIn(_relays))?.delete(user.id),
    'channel.member.joined': (open, { id }) => open.members.add(id),
    'channel.member.left': (open, { id }) => {
      open.members.delete(id);
      // Nobody moderates without being there.
      open.moderators.delete(id);
    },
    'channel.moderator.added': (open, { id }) => open.moderators.add(id),
    'channel.moderator.deleted': (open, { id }) => open.moderators.delete(id),
    'channel.block_record.created': (open, { user }) => open.blocked.add(user.id),
    'channel.block_record.deleted': (open, { user }) => open.blocked.delete(user.id),
    'channel.participant.active': (open, { id }) => open.participants.set(id, true),
    'channel.participant.inactive': (open, { id }) => open.participants.set(id, false),
    'thread.typing.started': (open, { id }) => open.typing.add(id),
    'thread.typing.stopped': (open, { id }) => open.typing.delete(id),
  };

  /** The app does not show these messages any more. */
  remove(channelId: number, ids: Iterable<number>): void {
    for (const id of ids) this.open.get(channelId)?.messages.delete(id);
    this.isRecount = true;
  }

  meet({ id, displayName, presence }: any): void {
    this.contacts.set(id, { displayName, online: presence.online });
  }

  show(channel: any): void {
    this.channels.set(channel.id, shownChannel(channel));
    this.isRecount = true;
  }

  private forget(channelId: number, isGone = true): void {
    this.channels.delete(channelId);
    if (isGone) this.open.delete(channelId);
    this.isRecount = true;
  }
}

const messageIn = ({ message }: { message: string }): number => Number(/messages\/(\d+)/.exec(message)![1]);
