import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { toUserProperties } from '../users/user.resource.js';
import { UserRow } from '../users/user.rows.js';
import { UsersRepository } from '../users/users.repository.js';
import { MessageMentionChannelProperties, MessageMentionProperties } from './message-mention.resource.js';
import { StoredMention } from './message.rows.js';
import { findMentions } from './message-text.js';
import { marks } from '../database/sql.js';

interface ChannelRow {
  id: number;
  type: string;
  name: string | null;
  display_name: string | null;
  creator_id: number | null;
  properties: string;
  created_time: number;
}

/** Ids or names in one look-up. */
const LOOKUP_MAX = 500;

const CHANNEL_COLUMNS = 'id, type, name, display_name, creator_id, properties, created_time';

/** Who and what messages mention. Names are looked up when a message is written, the rest when it is read. */
@Injectable()
export class Mentions {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
  ) {}

  /** The mentions in a body that name a user or a channel of the application. */
  async inBody(applicationId: number, body: string): Promise<StoredMention[]> {
    return (await this.inBodies(applicationId, [body]))[0]!;
  }

  /** The same for many bodies, with one look-up for all. */
  async inBodies(applicationId: number, bodies: readonly string[]): Promise<StoredMention[][]> {
    const perBody = bodies.map(findMentions);
    const found = perBody.flat();
    if (found.length === 0) return bodies.map(() => []);
    const names = (type: string) => [
      ...new Set(found.filter((mention) => mention.type === type).map(({ name }) => name)),
    ];
    const [users, channels] = await Promise.all([
      this.users.findByNames(applicationId, names('USER')),
      this.channelsBy(applicationId, 'name', names('CHANNEL')),
    ]);
    const ids = {
      USER: new Map(users.map((user) => [user.name, user.id])),
      CHANNEL: new Map(channels.map((channel) => [channel.name, channel.id])),
    };
    return perBody.map((mentions) =>
      mentions.flatMap(({ type, name, tag, startPosition, endPosition }) => {
        const id = ids[type].get(name);
        return id === undefined ? [] : [{ type, id, tag, startPosition, endPosition }];
      }),
    );
  }

  /** The same for readers: one look-up for a whole page. Answers a function, since few messages mention anybody. */
  async describing(
    applicationId: number,
    stored: readonly StoredMention[],
  ): Promise<(mentions: readonly StoredMention[]) => MessageMentionProperties[]> {
    const ids = (type: string) => [...new Set(stored.filter((mention) => mention.type === type).map(({ id }) => id))];
    const channels = await this.channelsBy(applicationId, 'id', ids('CHANNEL'));
    const creators = channels.flatMap(({ creator_id }) => (creator_id === null ? [] : [creator_id]));
    const users = await this.users.findAnyByIds(applicationId, [...new Set([...ids('USER'), ...creators])]);
    const userById = new Map(users.map((user) => [user.id, user]));
    const channelById = new Map(channels.map((channel) => [channel.id, toMentionedChannel(channel, userById)]));
    return (mentions) =>
      mentions.flatMap(({ id, ...mention }): MessageMentionProperties[] => {
        const user = mention.type === 'USER' ? userById.get(id) : undefined;
        const channel = mention.type === 'CHANNEL' ? channelById.get(id) : undefined;
        if (user) return [{ ...mention, user: toUserProperties(user) }];
        // A channel that was deleted cannot be described any more.
        return channel ? [{ ...mention, channel }] : [];
      });
  }

  private async channelsBy(
    applicationId: number,
    column: 'id' | 'name',
    values: readonly (number | string)[],
  ): Promise<ChannelRow[]> {
    const found: ChannelRow[] = [];
    for (let from = 0; from < values.length; from += LOOKUP_MAX) {
      const some = values.slice(from, from + LOOKUP_MAX);
      const channels = await this.database.query<ChannelRow>(
        `SELECT ${CHANNEL_COLUMNS} FROM channels WHERE application_id = ? AND ${column} IN (${marks(some)}) AND deleted_time IS NULL`,
        [applicationId, ...some],
      );
      found.push(...channels);
    }
    return found;
  }
}

function toMentionedChannel(row: ChannelRow, users: ReadonlyMap<number, UserRow>): MessageMentionChannelProperties {
  const creator = row.creator_id === null ? undefined : users.get(row.creator_id);
  return {
    id: row.id,
    type: row.type,
    createdTime: row.created_time,
    ...(creator && { creator: toUserProperties(creator) }),
    ...(row.name !== null && { name: row.name }),
    ...(row.display_name !== null && { displayName: row.display_name }),
    properties: row.properties,
  };
}
