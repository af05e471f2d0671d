import { Injectable } from '@nestjs/common';
import { ApplicationsService } from '../applications/applications.service.js';
import { ClientError } from '../errors/api-error.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { readWhole } from '../resource/input.js';
import { UserBlocksRepository } from '../user-blocks/user-blocks.repository.js';
import { ChannelCreation } from './channel-creation.js';
import { ChannelParticipation } from './channel-participation.service.js';
import { ChannelReader } from './channel-reader.js';
import { CreateChannelResource } from './channel.resource.js';
import { ChannelRow } from './channel.rows.js';
import { UserChannelAccess } from './user-channel-access.js';
import { permissionsOf, UserChannel } from './user-channel.js';
import { UserChannelFilter, UserChannelsRepository } from './user-channels.repository.js';

/** The channels that a user has or could have, and how they stand to them. */
@Injectable()
export class UserChannels {
  constructor(
    private readonly channels: UserChannelsRepository,
    private readonly access: UserChannelAccess,
    private readonly reader: ChannelReader,
    private readonly creation: ChannelCreation,
    private readonly participation: ChannelParticipation,
    private readonly applications: ApplicationsService,
    private readonly blocks: UserBlocksRepository,
  ) {}

  async retrieve(applicationId: number, userId: number, channelId: number): Promise<UserChannel> {
    const { channel } = await this.access.retrieve(applicationId, userId, channelId);
    const [found] = await this.of(applicationId, userId, [channel]);
    return found!;
  }

  /** Those that the user is a member of, without what is hidden: first where something was said last. */
  async list(
    applicationId: number,
    userId: number,
    filter: UserChannelFilter,
    query: PageQuery,
  ): Promise<Page<UserChannel>> {
    const page = await this.channels.list(applicationId, userId, filter, query);
    return page.with(await this.of(applicationId, userId, page.items));
  }

  /** Public channels that the user is no member of, and may become one; by name. */
  async listJoinable(
    applicationId: number,
    userId: number,
    filter: Pick<UserChannelFilter, 'name'>,
    query: PageQuery,
  ): Promise<Page<UserChannel>> {
    const page = await this.channels.listJoinable(applicationId, userId, filter, query);
    return page.with(await this.of(applicationId, userId, page.items));
  }

  count(applicationId: number, userId: number, filter: UserChannelFilter): Promise<number> {
    return this.channels.count(applicationId, userId, filter);
  }

  /** How a user has these channels, of which some may be none of theirs: for whoever tells several users of a change. */
  async of(applicationId: number, userId: number, rows: readonly ChannelRow[]): Promise<UserChannel[]> {
    const ids = rows.map(({ id }) => id);
    const relations = await this.access.relations(applicationId, userId, ids);
    const seen = rows.map((row) => ({ ...row, last_message_id: relations.get(row.id)?.lastMessageId ?? null }));
    const resources = await this.reader.resources(applicationId, seen);
    return rows.flatMap((row, index) => {
      const relation = relations.get(row.id);
      // It may have been deleted for good in between.
      if (!relation) return [];
      return [{ row, channel: resources[index]!, relation, permissions: permissionsOf(row, relation) }];
    });
  }

  /**
   * Creates a channel that the user is a member of. Between the same users there is one direct channel, and a member of a
   * group channel with this name and type gets it as it is. `given` is the body of an app.
   */
  async create(
    applicationId: number,
    userId: number,
    given: unknown,
  ): Promise<UserChannel & { isNew: boolean; memberIds: number[] }> {
    const { userCreatedChannels } = await this.applications.retrieve(applicationId);
    if (!userCreatedChannels)
      throw ClientError.of('Channel', 'creator', 'unprocessable', 'cannot be a user: the application creates channels');
    const asked = readWhole(CreateChannelResource, given);
    // Not one unit: if somebody else creates it at the same moment, a second look finds theirs.
    const { channel, isNew, memberIds } = await this.creation.createOrFind(
      applicationId,
      { ...asked, creator: { id: userId } },
      (ids) => (asked.type === 'DIRECT' ? this.requireUnblocked(applicationId, userId, ids) : Promise.resolve()),
    );
    if (!isNew && channel.type === 'DIRECT') await this.participation.unhide(applicationId, userId, channel.id);
    else if (!isNew) await this.requireMembership(applicationId, userId, channel);
    const [created] = await this.of(applicationId, userId, [channel]);
    return { ...created!, isNew, memberIds };
  }

  private async requireUnblocked(applicationId: number, userId: number, memberIds: readonly number[]): Promise<void> {
    if (await this.blocks.isBlockedByAny(applicationId, userId, memberIds))
      throw ClientError.of('Channel', 'members', 'unprocessable', 'include somebody who has blocked the creator');
  }

  /** A name that somebody else has taken tells nothing of what has it. */
  private async requireMembership(applicationId: number, userId: number, { id, name }: ChannelRow): Promise<void> {
    const relations = await this.access.relations(applicationId, userId, [id]);
    if (!relations.get(id)?.isMember)
      throw ClientError.of('Channel', 'name', 'already_exists', `${name} is the name of another channel`);
  }
}
