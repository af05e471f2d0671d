import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { isDuplicate } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { Quotas } from '../limits/quotas.js';
import { ThreadsRepository } from '../threads/threads.repository.js';
import { UserLookup } from '../users/user-lookup.js';
import { ChannelRow } from './channel.rows.js';
import { CreateChannelResource, DIRECT_MEMBERS_MAX, DIRECT_MEMBERS_MIN } from './channel.resource.js';
import { ChannelsRepository, NewChannel } from './channels.repository.js';
import { directKey } from './direct-key.js';
import { MembershipsRepository } from './memberships.repository.js';

/** A channel that was asked for, and whether it is a new one. */
export interface CreatedChannel {
  channel: ChannelRow;
  isNew: boolean;
  memberIds: number[];
}

/** Creates channels, or finds the one that is equivalent. */
@Injectable()
export class ChannelCreation {
  constructor(
    private readonly channels: ChannelsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly threads: ThreadsRepository,
    private readonly users: UserLookup,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
    private readonly quotas: Quotas,
  ) {}

  /**
   * A direct channel is equivalent when it has exactly these members, a group channel when it has this name and type.
   * An equivalent channel is answered as it is.
   */
  async create(applicationId: number, given: CreateChannelResource): Promise<ChannelRow> {
    return (await this.createOrFind(applicationId, given)).channel;
  }

  /** The same, saying which of both it was. `check` looks at the members before. */
  async createOrFind(
    applicationId: number,
    given: CreateChannelResource,
    check: (memberIds: readonly number[]) => Promise<void> = () => Promise.resolve(),
  ): Promise<CreatedChannel> {
    const { creatorId, memberIds } = await this.people(applicationId, given);
    if (given.type === 'DIRECT') requireDirectMembers(memberIds);
    await check(memberIds);
    const identity = identify(given, memberIds);
    const found = (channel: ChannelRow): CreatedChannel => ({ channel, isNew: false, memberIds });
    const existing = await this.equivalent(applicationId, identity);
    if (existing) return found(existing);
    try {
      const insert = () => this.insert(applicationId, given, identity, creatorId, memberIds);
      return { channel: await this.unitOfWork.run(insert), isNew: true, memberIds };
    } catch (error) {
      // Somebody else has just created it.
      const winner = isDuplicate(error) ? await this.equivalent(applicationId, identity) : undefined;
      if (winner) return found(winner);
      throw await this.quotas.explain(error, applicationId, 'channels');
    }
  }

  /** The creator is a member. */
  private async people(applicationId: number, { creator, members = [] }: CreateChannelResource) {
    const references = members.map((reference, index) => ({ field: `members[${index}]`, reference }));
    if (creator) references.push({ field: 'creator', reference: creator });
    const users = await this.users.retrieveAll(applicationId, references);
    return {
      creatorId: creator ? users.at(-1)!.id : null,
      memberIds: [...new Set(users.map((user) => user.id))].sort((a, b) => a - b),
    };
  }

  private async equivalent(applicationId: number, identity: Identity): Promise<ChannelRow | undefined> {
    if (identity.directKey !== null) return this.channels.findDirect(applicationId, identity.directKey);
    if (!identity.isNamed) return undefined;
    const existing = await this.channels.findByName(applicationId, identity.name!);
    if (existing && existing.type !== identity.type)
      throw ClientError.of(
        'Channel',
        'name',
        'already_exists',
        `${identity.name} is the name of a ${existing.type} channel`,
      );
    return existing;
  }

  private async insert(
    applicationId: number,
    given: CreateChannelResource,
    { type, name, directKey }: Identity,
    creatorId: number | null,
    memberIds: number[],
  ): Promise<ChannelRow> {
    const living = await this.memberships.lockUsers(applicationId, memberIds);
    const members = memberIds.filter((id) => living.has(id));
    const channel: NewChannel = {
      type,
      name,
      displayName: type === 'DIRECT' ? null : (given.displayName ?? name),
      directKey,
      creatorId,
      mainThreadId: await this.threads.reserveId(applicationId),
      memberCount: members.length,
      properties: JSON.stringify(given.properties ?? {}),
      createdTime: Date.now(),
    };
    const id = await this.channels.insert(applicationId, channel);
    await this.threads.insertMain(applicationId, id, channel.mainThreadId, channel.createdTime);
    await this.memberships.insert(applicationId, id, members, channel.createdTime, 'nobody invited');
    const { createdTime } = channel;
    await this.events.append({
      applicationId,
      channelId: id,
      type: 'channel.created',
      subjectId: id,
      payload: { type, name, displayName: channel.displayName, creatorId, memberIds: members },
      createdTime,
    });
    const max = await this.quotas.of(applicationId, 'channels');
    const count = countInApplication(applicationId, 'channel_count', 1, max);
    await this.database.execute(count.sql, count.parameters);
    return {
      id,
      type,
      name,
      display_name: channel.displayName,
      creator_id: creatorId,
      main_thread_id: channel.mainThreadId,
      last_message_id: null,
      cleared_message_id: 0,
      message_count: 0,
      reply_count: 0,
      member_count: members.length,
      moderator_count: 0,
      invite_count: 0,
      block_count: 0,
      reported_message_count: 0,
      properties: channel.properties,
      created_time: createdTime,
    };
  }
}

/** What makes two channels the same. */
interface Identity {
  type: CreateChannelResource['type'];
  name: string | null;
  directKey: string | null;
  /** The caller chose the name. */
  isNamed: boolean;
}

function identify({ type, name }: CreateChannelResource, memberIds: number[]): Identity {
  if (type === 'DIRECT') return { type, name: null, directKey: directKey(memberIds), isNamed: false };
  return { type, name: name ?? randomUUID(), directKey: null, isNamed: name !== undefined };
}

function requireDirectMembers(memberIds: readonly number[]): void {
  const { length } = memberIds;
  if (length < DIRECT_MEMBERS_MIN || length > DIRECT_MEMBERS_MAX)
    throw ClientError.of(
      'Channel',
      'members',
      length > DIRECT_MEMBERS_MAX ? 'too_long' : 'invalid',
      `of a direct channel must be ${DIRECT_MEMBERS_MIN} to ${DIRECT_MEMBERS_MAX} different people with the creator, not ${length}`,
    );
}
