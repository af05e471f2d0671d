import { ChatView, OpenChannel, shownChannel, shownMessage } from './chat-view.js';
import { MadeUser } from './make.js';
import { StompClient } from './stomp-client.js';

const USER_KEYS = ['channels', 'messages', 'readReceipts', 'notifications', 'contacts', 'users', 'reactions'];
const CHANNEL_KEYS = ['messages', 'typing', 'participants', 'readReceipts', 'reactions', 'members', 'moderators'];

/** Where a device connects to. */
export interface Server {
  url: string;
  /** The public key of the application. */
  key: string;
}

/** A device of a user with an app, which keeps a {@link ChatView}. */
export class ChatDevice {
  view = new ChatView();
  private client: StompClient | undefined;
  /** Frames that the view has taken in. */
  private seen = 0;
  /** Subscriptions by channel that is open. */
  private subscriptions = new Map<number, string[]>();
  private receipts = 0;
  /** Of actions that clear channels away. */
  private readonly clearing = new Map<string, number>();
  private unreadCount: number | undefined;
  /** When it began. */
  newestNotification = 0;

  constructor(
    private readonly server: Server,
    readonly user: MadeUser,
  ) {}

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  /** Begins to listen, and then reads what there is, so that nothing is missed in between. */
  async connect(): Promise<void> {
    const client = await StompClient.signedIn(this.server.url, this.server.key, this.user.name);
    this.client = client;
    this.view = new ChatView();
    this.seen = 0;
    this.subscriptions = new Map();
    const topic = `/topic/v1/users/${this.user.id}`;
    await Promise.all([client.listen(topic), ...USER_KEYS.map((key) => client.listen(`${topic}.${key}`))]);
    const [self, channels, contacts, blocked] = await Promise.all([
      this.read('/application/v1/user.relay'),
      this.all('/application/v1/user.channels.relay', 'channels'),
      this.all('/application/v1/user.contacts.relay', 'users'),
      this.all('/application/v1/user.user_block_list_items.relay', 'items'),
    ]);
    this.view.self = self;
    for (const channel of channels) this.view.channels.set(channel.id, shownChannel(channel));
    for (const contact of contacts) this.view.meet(contact);
    for (const { user } of blocked) this.view.blocked.add(user.id);
  }

  /** Opens a channel, or closes it. */
  async look(channelId: number, isOpen: boolean): Promise<void> {
    const client = this.client!;
    this.listenUp();
    if (isOpen === this.view.open.has(channelId)) return;
    if (!isOpen) {
      this.view.open.delete(channelId);
      for (const id of this.subscriptions.get(channelId) ?? []) client.send('UNSUBSCRIBE', { id });
      return;
    }
    const topic = `/topic/v1/channels/${channelId}`;
    const from = client.frames.length;
    const topics = [topic, ...CHANNEL_KEYS.map((key) => `${topic}.${key}`)];
    const ids = await Promise.all(topics.map((one) => client.listen(one)));
    const address = (key: string) => `/application/v1/channels/${channelId}.${key}.relay`;
    const [messages, members, moderators] = await Promise.all([
      this.all(address('messages'), 'messages').catch(() => undefined),
      this.all(address('members'), 'users').catch(() => undefined),
      this.all(address('moderators'), 'users').catch(() => undefined),
    ]);
    this.listenUp(from);
    // Whoever was put out meanwhile sees nothing.
    const isRefused = ids.some((id) => client.frames.some(({ headers }) => headers['subscription-id'] === id));
    if (isRefused || !messages || !members || !moderators || !this.view.channels.has(channelId)) return;
    const open = new OpenChannel();
    for (const message of messages) open.messages.set(message.id, shownMessage(message));
    for (const { id } of members) open.members.add(id);
    for (const { id } of moderators) open.moderators.add(id);
    await Promise.all(
      messages.map(async ({ id }: any) => {
        const receipts = await this.all(`/application/v1/messages/${id}.read_receipts.relay`, 'receipts').catch(
          () => [],
        );
        open.receipts.set(id, new Set(receipts.map(({ user }: any) => user.id)));
      }),
    );
    if (!this.view.channels.has(channelId)) return;
    this.subscriptions.set(channelId, ids);
    this.view.open.set(channelId, open);
    this.view.isRecount = true;
    this.seen = from;
  }

  /** Does something; answers the code of the error if it was refused, which is no fault. */
  async act(destination: string, body: object = {}, receipt = this.newReceipt()): Promise<string | undefined> {
    const client = this.client!;
    client.send('SEND', { destination: `/application/v1/${destination}`, receipt }, JSON.stringify(body));
    const isSettled = ({ command, headers, body: told }: StompClient['frames'][number]) =>
      headers['receipt-id'] === receipt && (command === 'RECEIPT' || told.error !== undefined);
    const { body: answer } = await client.find(isSettled);
    return answer?.error as string | undefined;
  }

  /** The user does not want to see any more what was said in the channel until then. */
  async clear(channelId: number): Promise<void> {
    const receipt = this.newReceipt();
    this.clearing.set(receipt, channelId);
    await this.act(`channels/${channelId}.clear_history`, {}, receipt);
  }

  /** How many messages are unread, asked for again only when something has happened. */
  async unread(): Promise<number> {
    const { view } = this;
    if (view.isRecount) {
      view.isRecount = false;
      const { count } = await this.read('/application/v1/user.unread_messages_count.relay', { unread: 'true' });
      this.unreadCount = count;
    }
    return this.unreadCount!;
  }

  async read(address: string, parameters?: Record<string, string>): Promise<any> {
    const found = await this.client!.relay(address, parameters);
    if (found?.error !== undefined) throw new Error(`${address}: ${found.error}`);
    return found;
  }

  /** All pages of a list. */
  async all(address: string, key: string): Promise<any[]> {
    const items: any[] = [];
    for (let at: string | undefined = address; at !== undefined;) {
      const { _embedded, _relays } = await this.read(at);
      items.push(..._embedded[key]);
      at = _relays.next;
    }
    return items;
  }

  /** Lets the view take in what has come meanwhile. */
  listenUp(until = this.client!.frames.length): void {
    const { frames } = this.client!;
    for (; this.seen < until; this.seen++) {
      const { command, headers, body } = frames[this.seen]!;
      if (command !== 'MESSAGE' || body?.type === undefined) continue;
      this.view.hear(headers.destination!, body);
      const cleared = this.clearing.get(headers['receipt-id'] ?? '');
      if (cleared !== undefined) this.view.remove(cleared, this.view.open.get(cleared)?.messages.keys() ?? []);
    }
  }

  private newReceipt(): string {
    return `receipt-${++this.receipts}`;
  }

  async vanish(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.vanish();
  }

  async leave(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.disconnect();
  }
}
