import fc from 'fast-check';
import { Answer } from './answer.js';
import { ChatDevice, Server } from './chat-device.js';
import { Difference, differences } from './chat-truth.js';
import { Client } from './client.js';
import { MadeUser } from './make.js';
import { pause, until } from './wait.js';

/** Somebody does something. What it is done to is picked from what there is when it is done. */
export interface Step {
  does: string;
  device: number;
  picks: number[];
}

/** What happens at the same time, one after the other. */
export type Hour = Step[][];

const TYPES = ['PUBLIC', 'PRIVATE', 'DIRECT'] as const;
const EMOJI = ['thumbsup', 'heart'];
/** Differences that last so long stay. */
const AGREED_MS = 8_000;

/** Picks one of several; undefined if there are none. */
type Pick = <T>(from: Iterable<T>) => T | undefined;

/** The tenant, its users and their devices. */
export class ChatHour {
  private fences = 0;
  private words = 0;

  private constructor(
    readonly client: Client,
    readonly users: MadeUser[],
    readonly devices: ChatDevice[],
  ) {}

  /** The first user has two devices. */
  static async begin(server: Server, client: Client, users: MadeUser[]): Promise<ChatHour> {
    const devices = [users[0]!, ...users].map((user) => new ChatDevice(server, user));
    const hour = new ChatHour(client, users, devices);
    await Promise.all(devices.map((device) => hour.connect(device)));
    return hour;
  }

  async end(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.leave()));
  }

  /** Steps of different devices, and of the tenant, at once. */
  async live(hour: Hour): Promise<void> {
    for (const moment of hour) {
      const queues = new Map<unknown, Promise<void>>();
      for (const step of moment) {
        const queue = step.does in BACK_END ? step : step.device;
        queues.set(
          queue,
          (queues.get(queue) ?? Promise.resolve()).then(() => this.take(step)),
        );
      }
      await Promise.all(queues.values());
    }
  }

  /** What apps show that is not so, once they have been told of everything. */
  async differences(): Promise<Difference[]> {
    await this.told();
    const deadline = Date.now() + AGREED_MS;
    for (;;) {
      const connected = this.devices.filter((device) => device.isConnected);
      const found = await Promise.all(connected.map((device) => differences(device, this.client)));
      if (found.flat().length === 0 || Date.now() > deadline) return found.flat();
      await pause(20);
    }
  }

  /** Events come in their order: whoever knows the last one knows all. */
  private async told(): Promise<void> {
    const fence = ++this.fences;
    await Promise.all(this.users.map(({ id }) => this.client.patch(`/v1/users/${id}`, { properties: { fence } })));
    for (const device of this.devices)
      await until(`${device.user.name} is told`, () => {
        if (device.isConnected) device.listenUp();
        return !device.isConnected || device.view.self.properties.fence === fence;
      });
  }

  private async take({ does, device: at, picks }: Step): Promise<void> {
    let next = 0;
    const pick: Pick = (from) => {
      const all = [...from];
      return all[picks[next++ % picks.length]! % all.length];
    };
    const device = this.devices[at % this.devices.length]!;
    if (does in BACK_END) await BACK_END[does]!(this, pick);
    else if (does === 'connect') await (device.isConnected || this.connect(device));
    else if (device.isConnected) {
      device.listenUp();
      await APP[does]!(device, pick, this);
    }
  }

  private async connect(device: ChatDevice): Promise<void> {
    await device.connect();
    const path = `/v1/users/${device.user.id}/notifications?size=1`;
    const { body } = await this.client.get(path);
    device.newestNotification = body._embedded?.notifications[0]?.id ?? 0;
  }

  word(): { type: 'TEXT'; body: string } {
    return { type: 'TEXT', body: `word ${++this.words}` };
  }

  others(device: ChatDevice): MadeUser[] {
    return this.users.filter(({ id }) => id !== device.user.id);
  }

  /** Nobody is told how many messages are left unread when they do not see them, so apps have to look. */
  recount(whose: (device: ChatDevice) => boolean = () => true): void {
    for (const device of this.devices) if (whose(device)) device.view.isRecount = true;
  }

  /** Where another device of theirs is in the channel, or the sender is blocked, there is no notification. */
  said(): void {
    const hasTwo = ({ user }: ChatDevice) => this.devices.filter((one) => one.user === user).length > 1;
    this.recount((device) => hasTwo(device) || device.view.blocked.size > 0);
  }
}

const channelOf = ({ view }: ChatDevice, pick: Pick): number | undefined => pick(view.channels.keys());
const openOf = ({ view }: ChatDevice, pick: Pick): number | undefined => pick(view.open.keys());
const messageOf = (device: ChatDevice, pick: Pick): number | undefined =>
  pick(device.view.open.get(openOf(device, pick) ?? 0)?.messages.keys() ?? []);

/** What users do with their apps. Much of it is refused, as it would be in life. */
const APP: Record<string, (device: ChatDevice, pick: Pick, hour: ChatHour) => unknown> = {
  create: (device, pick, hour) => {
    const type = pick(TYPES)!;
    const members = hour.others(device).filter(() => type === 'DIRECT' || pick([true, false]));
    return device.act('user.create_channel', { type, members: members.slice(pick([0, 1])).map(({ id }) => ({ id })) });
  },
  join: async (device, pick) => {
    const joinable = await device.all('/application/v1/user.joinable_channels.relay', 'channels');
    const channel = pick(joinable);
    if (channel) await device.act(`channels/${channel.id}.join`);
  },
  leave: (device, pick) => device.act(`channels/${channelOf(device, pick)}.leave`),
  putOut: (device, pick, hour) =>
    device.act(`channels/${channelOf(device, pick)}.leave`, { user: { id: pick(hour.others(device))!.id } }),
  invite: (device, pick, hour) =>
    device.act(`channels/${channelOf(device, pick)}.invite`, { user: { id: pick(hour.others(device))!.id } }),
  ban: (device, pick, hour) =>
    device.act(`channels/${channelOf(device, pick)}.block`, { id: pick(hour.others(device))!.id }),
  promote: (device, pick, hour) =>
    device.act(`channels/${channelOf(device, pick)}.add_moderator`, { id: pick(hour.users)!.id }),
  demote: (device, pick, hour) =>
    device.act(`channels/${channelOf(device, pick)}.delete_moderator`, { id: pick(hour.users)!.id }),
  rename: (device, pick, hour) =>
    device.act(`channels/${channelOf(device, pick)}.update`, { displayName: hour.word().body }),
  deleteChannel: (device, pick) => device.act(`channels/${channelOf(device, pick)}.delete`),
  mute: (device, pick) => device.act(`channels/${channelOf(device, pick)}.mute`, { state: pick(['ON', 'OFF']) }),
  hide: (device, pick) =>
    device.act(`channels/${pick([...device.view.channels.values()].filter(({ type }) => type === 'DIRECT'))?.id}.hide`),
  open: async (device, pick) => {
    const id = channelOf(device, pick);
    if (id !== undefined) await device.look(id, true);
  },
  close: async (device, pick) => {
    const id = openOf(device, pick);
    if (id !== undefined) await device.look(id, false);
  },
  type: (device, pick) => device.act(`channels/${openOf(device, pick)}.keystrokes`, { keys: pick(['H', 'He', '']) }),
  send: async (device, pick, hour) => {
    await device.act(`channels/${channelOf(device, pick)}.message`, hour.word());
    hour.said();
  },
  reply: async (device, pick, hour) => {
    await device.act(`messages/${messageOf(device, pick)}.reply`, hour.word());
    hour.said();
  },
  edit: (device, pick, hour) => device.act(`messages/${messageOf(device, pick)}.edit`, hour.word()),
  delete: async (device, pick, hour) => {
    await device.act(`messages/${messageOf(device, pick)}.delete`);
    hour.recount();
  },
  deleteForMe: (device, pick) => device.act(`messages/${messageOf(device, pick)}.delete_for_me`),
  react: (device, pick) => device.act(`messages/${messageOf(device, pick)}.react`, { emoji: pick(EMOJI) }),
  unreact: (device, pick) => device.act(`messages/${messageOf(device, pick)}.remove_reaction`, { emoji: pick(EMOJI) }),
  read: (device, pick) => device.act(`messages/${messageOf(device, pick)}.read`),
  unread: (device, pick) => device.act(`messages/${messageOf(device, pick)}.unread`),
  readAll: (device, pick) => device.act(`channels/${channelOf(device, pick)}.read`),
  // Of which other devices of the user are not told.
  clear: async (device, pick, hour) => {
    const id = channelOf(device, pick);
    if (id !== undefined && device.user !== hour.users[0]) await device.clear(id);
  },
  block: (device, pick, hour) => device.act(`users/${pick(hour.others(device))!.id}.block`),
  unblock: async (device, pick) => {
    const item = pick(await device.all('/application/v1/user.user_block_list_items.relay', 'items'));
    if (item) await device.act(item._actions.delete.replace('/application/v1/', ''));
  },
  present: (device, _pick, hour) => device.act('user.update', { displayName: hour.word().body }),
  vanish: (device) => device.vanish(),
  quit: (device) => device.leave(),
};

/** Nothing that the tenant does goes wrong, whatever users do at the same time. */
async function fine(answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 500) throw new Error(`The tenant got ${status}: ${JSON.stringify(body)}`);
}

const anyChannel = async ({ client }: ChatHour, pick: Pick): Promise<any> =>
  pick(await client.all('/v1/channels?size=100', 'channels'));
async function anyMessage(hour: ChatHour, pick: Pick): Promise<any> {
  const { body } = await hour.client.get('/v1/messages?size=20');
  return pick(body._embedded?.messages ?? []);
}

/** What the back-end of the tenant does. */
const BACK_END: Record<string, (hour: ChatHour, pick: Pick) => Promise<unknown>> = {
  tenantCreates: ({ client, users }, pick) => {
    const type = pick(TYPES)!;
    const members = type === 'DIRECT' ? users.slice(pick([0, 1])) : users.filter(() => pick([true, false]));
    return fine(client.post('/v1/channels', { type, members: members.map(({ id }) => ({ id })) }));
  },
  tenantAdds: async (hour, pick) => {
    const channel = await anyChannel(hour, pick);
    if (channel) await fine(hour.client.post(`/v1/channels/${channel.id}/members`, { id: pick(hour.users)!.id }));
  },
  tenantRemoves: async (hour, pick) => {
    const channel = await anyChannel(hour, pick);
    if (channel) await fine(hour.client.delete(`/v1/channels/${channel.id}/members/${pick(hour.users)!.id}`));
  },
  tenantRenames: async (hour, pick) => {
    const channel = await anyChannel(hour, pick);
    const change = { properties: { topic: hour.word().body } };
    if (channel) await fine(hour.client.patch(`/v1/channels/${channel.id}`, change));
  },
  tenantDeletes: async (hour, pick) => {
    const channel = await anyChannel(hour, pick);
    if (channel) await fine(hour.client.delete(`/v1/channels/${channel.id}`));
  },
  tenantSays: async (hour, pick) => {
    const channel = await anyChannel(hour, pick);
    const user = pick([undefined, ...hour.users]);
    const message = { ...hour.word(), ...(user && { user: { id: user.id } }) };
    if (channel) await fine(hour.client.post(`/v1/channels/${channel.id}/messages`, message));
    hour.said();
  },
  tenantEdits: async (hour, pick) => {
    const message = await anyMessage(hour, pick);
    const change = { body: hour.word().body, properties: { isEdited: true } };
    if (message) await fine(hour.client.patch(`/v1/messages/${message.id}`, change));
  },
  tenantDeletesMessage: async (hour, pick) => {
    const message = await anyMessage(hour, pick);
    if (message) await fine(hour.client.delete(`/v1/messages/${message.id}`));
    hour.recount();
  },
  tenantReads: async (hour, pick) => {
    const channel = await anyChannel(hour, pick);
    const path = `/v1/channels/${channel?.id}/members/${pick(hour.users)!.id}/read-position`;
    if (channel) await fine(hour.client.put(path));
  },
};

/** More often than the rest: without these, little else can be done. */
const OFTEN = ['create', 'create', 'join', 'invite', 'open', 'open', 'open', 'send', 'send', 'send', 'connect'];

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom(...OFTEN, ...Object.keys(APP), ...Object.keys(BACK_END)),
  device: fc.nat({ max: 3 }),
  picks: fc.array(fc.nat({ max: 11 }), { minLength: 4, maxLength: 4 }),
});

/** `moments`: at most. */
export const anHour = (moments: number): fc.Arbitrary<Hour> =>
  fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: moments, size: 'max' });
