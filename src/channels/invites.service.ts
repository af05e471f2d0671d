import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { missing, UserLookup } from '../users/user-lookup.js';
import { ChatUserReference } from '../users/user-reference.js';
import { ChannelAccess } from './channel-access.js';
import { ChannelBlocksRepository } from './channel-blocks.repository.js';
import { InviteRow, InvitesRepository } from './invites.repository.js';
import { MembershipsRepository } from './memberships.repository.js';

/** Who is invited to a group channel. An invite is gone once its user has joined. */
@Injectable()
export class InvitesService {
  constructor(
    private readonly access: ChannelAccess,
    private readonly invites: InvitesRepository,
    private readonly memberships: MembershipsRepository,
    private readonly blocks: ChannelBlocksRepository,
    private readonly users: UserLookup,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  async list(applicationId: number, channelId: number, query: PageQuery): Promise<Page<InviteRow>> {
    const { invite_count } = await this.access.retrieve(applicationId, channelId);
    return this.invites.list(applicationId, channelId, invite_count, query);
  }

  /** Invites on behalf of a member, or of the system. One who is invited already stays as they are. */
  async send(
    applicationId: number,
    channelId: number,
    reference: ChatUserReference,
    inviterId: number | null = null,
  ): Promise<InviteRow> {
    this.access.requireGroup(await this.access.retrieve(applicationId, channelId), 'invites');
    const user = await this.users.retrieve(applicationId, reference, 'user');
    return this.unitOfWork.run(async () => {
      await this.access.retrieveForUpdate(applicationId, channelId);
      if (inviterId !== null) await this.access.requireMember(channelId, inviterId, 'ChannelInvite');
      if (await this.memberships.exists(channelId, user.id))
        throw ClientError.of('ChannelInvite', 'user', 'already_exists', 'is a member of this channel');
      await this.blocks.requireNone(applicationId, channelId, user.id, 'ChannelInvite');
      const existing = await this.invites.find(applicationId, channelId, user.id);
      if (existing) return existing;
      const living = await this.memberships.lockUsers(applicationId, [user.id]);
      if (!living.has(user.id)) throw new ResourceNotFoundError([missing({ field: 'user', reference })]);
      const invite = await this.invites.insert(applicationId, {
        channel_id: channelId,
        user_id: user.id,
        inviter_id: inviterId,
        created_time: Date.now(),
      });
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.invite_sent',
        subjectId: user.id,
        payload: { inviteId: invite.id, name: user.name, inviterId },
        createdTime: invite.created_time,
      });
      return invite;
    });
  }
}
