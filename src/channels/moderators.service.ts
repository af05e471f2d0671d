import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { UserLookup } from '../users/user-lookup.js';
import { ChatUserReference } from '../users/user-reference.js';
import { UserRow } from '../users/user.rows.js';
import { ChannelAccess } from './channel-access.js';
import { ChannelReader } from './channel-reader.js';
import { ChannelResource } from './channel.resource.js';
import { ModeratorsRepository } from './moderators.repository.js';

/** Which members of a group channel moderate it. */
@Injectable()
export class ModeratorsService {
  constructor(
    private readonly access: ChannelAccess,
    private readonly moderators: ModeratorsRepository,
    private readonly reader: ChannelReader,
    private readonly users: UserLookup,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** A direct channel has none. `displayName`: those whose display name contains it. */
  async list(applicationId: number, channelId: number, query: PageQuery, displayName?: string): Promise<Page<UserRow>> {
    const { moderator_count } = await this.access.retrieve(applicationId, channelId);
    return this.moderators.list(applicationId, channelId, moderator_count, query, displayName);
  }

  /** Makes a member a moderator; one who is one already stays as they are. */
  async add(applicationId: number, channelId: number, reference: ChatUserReference): Promise<UserRow> {
    this.access.requireGroup(await this.access.retrieve(applicationId, channelId), 'moderators');
    const user = await this.users.retrieve(applicationId, reference, 'user');
    return this.unitOfWork.run(async () => {
      await this.access.retrieveForUpdate(applicationId, channelId);
      await this.access.requireMember(channelId, user.id, 'Channel');
      if (await this.moderators.exists(applicationId, channelId, user.id)) return user;
      const createdTime = Date.now();
      await this.moderators.insert(applicationId, channelId, user.id, createdTime);
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.moderator_added',
        subjectId: user.id,
        payload: { name: user.name },
        createdTime,
      });
      return user;
    });
  }

  /** Who moderated remains a member. */
  async remove(applicationId: number, channelId: number, userId: number): Promise<ChannelResource> {
    this.access.requireGroup(await this.access.retrieve(applicationId, channelId), 'moderators');
    return this.unitOfWork.run(async () => {
      const channel = await this.access.retrieveForUpdate(applicationId, channelId);
      if (!(await this.moderators.delete(applicationId, channelId, userId))) throw new ResourceNotFoundError();
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.moderator_removed',
        subjectId: userId,
        payload: {},
        createdTime: Date.now(),
      });
      return this.reader.resource(applicationId, channel);
    });
  }
}
