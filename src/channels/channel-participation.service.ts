import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { EventLog } from '../events/event-log.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { UserLookup } from '../users/user-lookup.js';
import { ChatUserReference } from '../users/user-reference.js';
import { UserRow } from '../users/user.rows.js';
import { HiddenChannelsRepository } from './hidden-channels.repository.js';
import { MembersService } from './members.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { ModeratorsService } from './moderators.service.js';
import { UserChannelAccess } from './user-channel-access.js';

/** What users do about their own place in channels, and see of the others in them. */
@Injectable()
export class ChannelParticipation {
  constructor(
    private readonly access: UserChannelAccess,
    private readonly members: MembersService,
    private readonly memberships: MembershipsRepository,
    private readonly moderators: ModeratorsService,
    private readonly hiddenChannels: HiddenChannelsRepository,
    private readonly users: UserLookup,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** Joins a public channel, or one that the user is invited to. A member stays as they are. */
  async join(applicationId: number, userId: number, channelId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      // Whoever may see it, and is no member, may join.
      const { relation } = await this.access.retrieveForUpdate(applicationId, userId, channelId, 'read');
      if (relation.isMember) return;
      await this.members.add(applicationId, channelId, { id: userId });
    });
  }

  async leave(applicationId: number, userId: number, channelId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.access.retrieveForUpdate(applicationId, userId, channelId, 'leave');
      await this.members.remove(applicationId, channelId, userId);
    });
  }

  /** Brings another user in: they are a member at once. Answers who that is. */
  async invite(
    applicationId: number,
    userId: number,
    channelId: number,
    reference: ChatUserReference,
  ): Promise<UserRow> {
    await this.access.retrieve(applicationId, userId, channelId, 'invite');
    const invited = await this.users.retrieve(applicationId, reference, 'user');
    await this.unitOfWork.run(async () => {
      await this.access.retrieveForUpdate(applicationId, userId, channelId, 'invite');
      await this.members.add(applicationId, channelId, { id: invited.id }, userId);
    });
    return invited;
  }

  /** What happens in the channel does not alert the member, or does again. */
  async setMuted(applicationId: number, userId: number, channelId: number, isMuted: boolean): Promise<void> {
    await this.access.retrieveOfMember(applicationId, userId, channelId);
    if (isMuted) await this.members.mute(applicationId, channelId, userId);
    else await this.members.unmute(applicationId, channelId, userId);
  }

  /** Takes a direct channel out of the member's lists until something is said there again. */
  async hide(applicationId: number, userId: number, channelId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const accessed = await this.access.retrieveForUpdate(applicationId, userId, channelId, 'hide');
      if (accessed.relation.isHidden) return;
      const createdTime = Date.now();
      const messageId = accessed.channel.last_message_id ?? 0;
      await this.hiddenChannels.hide(applicationId, channelId, userId, { messageId, createdTime });
      await this.record(applicationId, userId, channelId, 'channel.hidden', createdTime);
    });
  }

  async unhide(applicationId: number, userId: number, channelId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.access.retrieveForUpdate(applicationId, userId, channelId, 'hide');
      if (await this.hiddenChannels.unhide(applicationId, channelId, userId))
        await this.record(applicationId, userId, channelId, 'channel.unhidden', Date.now());
    });
  }

  /** `displayName`: those whose display name contains it. */
  async listMembers(
    applicationId: number,
    userId: number,
    channelId: number,
    displayName: string | undefined,
    query: PageQuery,
  ): Promise<Page<UserRow>> {
    await this.access.retrieve(applicationId, userId, channelId);
    return this.members.list(applicationId, channelId, query, displayName);
  }

  async listModerators(
    applicationId: number,
    userId: number,
    channelId: number,
    displayName: string | undefined,
    query: PageQuery,
  ): Promise<Page<UserRow>> {
    await this.access.retrieve(applicationId, userId, channelId);
    return this.moderators.list(applicationId, channelId, query, displayName);
  }

  /** Whether another user is a member of a channel that this user may see. */
  async isMember(applicationId: number, userId: number, channelId: number, memberId: number): Promise<boolean> {
    await this.access.retrieve(applicationId, userId, channelId);
    return this.memberships.exists(channelId, memberId);
  }

  private async record(
    applicationId: number,
    userId: number,
    channelId: number,
    type: 'channel.hidden' | 'channel.unhidden',
    createdTime: number,
  ): Promise<void> {
    await this.events.append({ applicationId, channelId, type, subjectId: userId, payload: {}, createdTime });
  }
}
