import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { ChatSessionEnding } from '../sessions/chat-session-ending.js';
import { missing, UserLookup } from '../users/user-lookup.js';
import { ChatUserReference } from '../users/user-reference.js';
import { UserRow } from '../users/user.rows.js';
import { ChannelAccess } from './channel-access.js';
import { ChannelBlocksRepository } from './channel-blocks.repository.js';
import { ChannelReader } from './channel-reader.js';
import { ChannelResource } from './channel.resource.js';
import { ChannelsRepository } from './channels.repository.js';
import { ModeratorsRepository } from './moderators.repository.js';
import { MembershipRow, MembershipsRepository } from './memberships.repository.js';

/** Who is in a channel. */
@Injectable()
export class MembersService {
  constructor(
    private readonly access: ChannelAccess,
    private readonly channels: ChannelsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly moderators: ModeratorsRepository,
    private readonly blocks: ChannelBlocksRepository,
    private readonly reader: ChannelReader,
    private readonly users: UserLookup,
    private readonly chatSessions: ChatSessionEnding,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** `displayName`: those whose display name contains it. */
  async list(applicationId: number, channelId: number, query: PageQuery, displayName?: string): Promise<Page<UserRow>> {
    const { member_count } = await this.access.retrieve(applicationId, channelId);
    return this.memberships.listMembers(applicationId, channelId, member_count, query, displayName);
  }

  async listMemberships(applicationId: number, channelId: number, query: PageQuery): Promise<Page<MembershipRow>> {
    const { member_count } = await this.access.retrieve(applicationId, channelId);
    return this.memberships.list(applicationId, channelId, member_count, query);
  }

  /** Adds a member, perhaps on behalf of another; one who is there already stays as they are. */
  async add(
    applicationId: number,
    channelId: number,
    reference: ChatUserReference,
    inviterId?: number,
  ): Promise<ChannelResource> {
    this.access.requireGroup(await this.access.retrieve(applicationId, channelId), 'members');
    const user = await this.users.retrieve(applicationId, reference, 'user');
    return this.unitOfWork.run(async () => {
      const channel = await this.access.retrieveForUpdate(applicationId, channelId);
      if (!(await this.memberships.exists(channelId, user.id))) {
        await this.blocks.requireNone(applicationId, channelId, user.id, 'Channel');
        const living = await this.memberships.lockUsers(applicationId, [user.id]);
        if (!living.has(user.id)) throw new ResourceNotFoundError([missing({ field: 'user', reference })]);
        const createdTime = Date.now();
        await this.channels.countMembers(channelId, 1);
        await this.memberships.insert(applicationId, channelId, [user.id], createdTime);
        await this.events.append({
          applicationId,
          channelId,
          type: 'channel.member_added',
          subjectId: user.id,
          payload: { name: user.name, inviterId },
          createdTime,
        });
      }
      return this.reader.resource(applicationId, channel);
    });
  }

  /** What happens in the channel is not to alert this member from now on: their notifications are marked so. */
  mute(applicationId: number, channelId: number, userId: number): Promise<void> {
    return this.setMuted(applicationId, channelId, userId, true);
  }

  unmute(applicationId: number, channelId: number, userId: number): Promise<void> {
    return this.setMuted(applicationId, channelId, userId, false);
  }

  async remove(applicationId: number, channelId: number, userId: number): Promise<ChannelResource> {
    this.access.requireGroup(await this.access.retrieve(applicationId, channelId), 'members');
    return this.unitOfWork.run(async () => {
      const channel = await this.access.retrieveForUpdate(applicationId, channelId);
      if (!(await this.memberships.exists(channelId, userId))) throw new ResourceNotFoundError();
      await this.channels.countMembers(channelId, -1);
      await this.moderators.delete(applicationId, channelId, userId);
      await this.memberships.delete(channelId, userId);
      const createdTime = Date.now();
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.member_removed',
        subjectId: userId,
        payload: {},
        createdTime,
      });
      await this.chatSessions.endOfMember(applicationId, channelId, userId, createdTime);
      return this.reader.resource(applicationId, channel);
    });
  }
  private async setMuted(applicationId: number, channelId: number, userId: number, isMuted: boolean): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.access.retrieveForUpdate(applicationId, channelId);
      if (!(await this.memberships.exists(channelId, userId))) throw new ResourceNotFoundError();
      if (await this.memberships.setMuted(applicationId, channelId, userId, isMuted))
        await this.events.append({
          applicationId,
          channelId,
          type: isMuted ? 'channel.muted' : 'channel.unmuted',
          subjectId: userId,
          payload: {},
          createdTime: Date.now(),
        });
    });
  }
}
