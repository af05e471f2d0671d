import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PropertiesField, TextField } from '../resource/fields.js';
import { readWhole } from '../resource/input.js';
import type { Properties } from '../resource/json.js';
import { About } from '../resource/registry.js';
import { UserLookup } from '../users/user-lookup.js';
import { ChatUserReference } from '../users/user-reference.js';
import { UserRow } from '../users/user.rows.js';
import { ChannelBlockRow, ChannelBlocksRepository } from './channel-blocks.repository.js';
import { CHANNEL_DISPLAY_NAME_MAX } from './channel.resource.js';
import { ChannelsService } from './channels.service.js';
import { InvitesRepository } from './invites.repository.js';
import { MembersService } from './members.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { ModeratorsService } from './moderators.service.js';
import { AccessedChannel, UserChannelAccess } from './user-channel-access.js';

/** What users can change of a channel. */
@About('Channel')
export class UserChannelProperties {
  @TextField({
    description: 'Human readable name of this channel shown to users',
    max: CHANNEL_DISPLAY_NAME_MAX,
    notBlank: true,
    optional: true,
  })
  displayName?: string;

  @PropertiesField({ description: 'Custom data, in place of what there is', optional: true })
  properties?: Properties;
}

/** What creators and moderators do with their channels, and with the people in them. */
@Injectable()
export class ChannelModeration {
  constructor(
    private readonly access: UserChannelAccess,
    private readonly channels: ChannelsService,
    private readonly members: MembersService,
    private readonly memberships: MembershipsRepository,
    private readonly moderators: ModeratorsService,
    private readonly invites: InvitesRepository,
    private readonly blocks: ChannelBlocksRepository,
    private readonly users: UserLookup,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** `given` is the channel as the app has it. What users cannot change of it is passed over. */
  async update(applicationId: number, userId: number, channelId: number, given: unknown): Promise<void> {
    const patch = readWhole(UserChannelProperties, given);
    await this.unitOfWork.run(async () => {
      const { channel } = await this.access.retrieveForUpdate(applicationId, userId, channelId, 'update');
      const { displayName, ...rest } = patch;
      // A direct channel is sent with a name that was made up for it.
      const change = channel.type === 'DIRECT' || displayName === undefined ? rest : { ...rest, displayName };
      await this.channels.update(applicationId, channelId, change, 'replaced');
    });
  }

  async delete(applicationId: number, userId: number, channelId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.access.retrieveForUpdate(applicationId, userId, channelId, 'delete');
      await this.channels.delete(applicationId, channelId);
    });
  }

  /** Makes a member a moderator. */
  async addModerator(
    applicationId: number,
    userId: number,
    channelId: number,
    reference: ChatUserReference,
  ): Promise<UserRow> {
    return this.moderating(applicationId, userId, channelId, () =>
      this.moderators.add(applicationId, channelId, reference),
    );
  }

  async deleteModerator(
    applicationId: number,
    userId: number,
    channelId: number,
    reference: ChatUserReference,
  ): Promise<UserRow> {
    return this.moderating(applicationId, userId, channelId, async () => {
      const moderator = await this.users.retrieve(applicationId, reference, 'user');
      await this.moderators.remove(applicationId, channelId, moderator.id);
      return moderator;
    });
  }

  /** Puts a member out. They may come back. */
  async removeMember(
    applicationId: number,
    userId: number,
    channelId: number,
    reference: ChatUserReference,
  ): Promise<UserRow> {
    return this.moderating(applicationId, userId, channelId, async ({ channel }) => {
      const member = await this.users.retrieve(applicationId, reference, 'user');
      requireNot(channel.creator_id, member, 'is the creator of this channel');
      await this.members.remove(applicationId, channelId, member.id);
      return member;
    });
  }

  /** Puts a user out, who cannot come back and is not to be invited. One who is blocked stays so. */
  async block(
    applicationId: number,
    userId: number,
    channelId: number,
    reference: ChatUserReference,
  ): Promise<ChannelBlockRow> {
    return this.moderating(applicationId, userId, channelId, async ({ channel }) => {
      const user = await this.users.retrieve(applicationId, reference, 'user');
      requireNot(channel.creator_id, user, 'is the creator of this channel');
      requireNot(userId, user, 'cannot be oneself');
      const existing = await this.blocks.findOfUser(applicationId, channelId, user.id);
      if (existing) return existing;
      await this.memberships.lockUsers(applicationId, [user.id]);
      await this.invites.delete(applicationId, channelId, user.id);
      const createdTime = Date.now();
      const id = await this.blocks.insert(applicationId, channelId, user.id, createdTime);
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.member_blocked',
        subjectId: user.id,
        payload: { blockId: id, name: user.name, moderatorId: userId },
        createdTime,
      });
      // Last: it ends their sessions, which the application counts.
      if (await this.memberships.exists(channelId, user.id))
        await this.members.remove(applicationId, channelId, user.id);
      return (await this.blocks.findOfUser(applicationId, channelId, user.id))!;
    });
  }

  /** Lifts a block; the user may join again. Answers the block that was. */
  async unblock(applicationId: number, userId: number, blockId: number): Promise<ChannelBlockRow> {
    return this.unitOfWork.run(async () => {
      const block = await this.blocks.find(applicationId, blockId);
      if (!block) throw new ResourceNotFoundError();
      await this.access.retrieveForUpdate(applicationId, userId, block.channel_id, 'moderate');
      if (!(await this.blocks.delete(applicationId, block))) throw new ResourceNotFoundError();
      await this.events.append({
        applicationId,
        channelId: block.channel_id,
        type: 'channel.member_unblocked',
        subjectId: block.user_id!,
        payload: { blockId, name: block.user_name, moderatorId: userId },
        createdTime: Date.now(),
      });
      return block;
    });
  }

  /** `displayName`: of users whose display name contains it. */
  async listBlocks(
    applicationId: number,
    userId: number,
    channelId: number,
    displayName: string | undefined,
    query: PageQuery,
  ): Promise<Page<ChannelBlockRow>> {
    const { channel } = await this.access.retrieve(applicationId, userId, channelId, 'moderate');
    return this.blocks.list(applicationId, channelId, channel.block_count, query, displayName);
  }

  /** In one unit, with the channel held. */
  private moderating<T>(
    applicationId: number,
    userId: number,
    channelId: number,
    work: (accessed: AccessedChannel) => Promise<T>,
  ): Promise<T> {
    return this.unitOfWork.run(async () =>
      work(await this.access.retrieveForUpdate(applicationId, userId, channelId, 'moderate')),
    );
  }
}

function requireNot(id: number | null, user: UserRow, message: string): void {
  if (user.id === id) throw ClientError.of('Channel', 'user', 'unprocessable', message);
}
