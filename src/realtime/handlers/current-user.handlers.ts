import { Injectable } from '@nestjs/common';
import { ApplicationsService } from '../../applications/applications.service.js';
import { ChannelLists } from '../../channels/channel-lists.js';
import { ChannelResource, CreateChannelResource } from '../../channels/channel.resource.js';
import { ChannelsService } from '../../channels/channels.service.js';
import { ResourceNotFoundError } from '../../errors/api-error.js';
import { page, resource } from '../../hal/answer.js';
import { PageQuery } from '../../pagination/page-query.js';
import { Page } from '../../pagination/page.js';
import { UsersService } from '../../users/users.service.js';
import type { ActionCall, Call, RelayCall } from '../destinations/handlers.js';
import { Action, Relay, Topic } from '../destinations/handlers.js';
import { AccessDeniedError } from '../errors.js';
import { CurrentUserResource, toCurrentUser } from '../resources/current-user.resource.js';
import { USER_TOPICS } from '../resources/topics.js';

/** What the user who is connected reads and does of their own. */
@Injectable()
export class CurrentUserHandlers {
  constructor(
    private readonly users: UsersService,
    private readonly applications: ApplicationsService,
    private readonly channels: ChannelsService,
    private readonly channelLists: ChannelLists,
  ) {}

  @Relay('user', { answer: resource(CurrentUserResource) })
  async self({ applicationId, userId }: RelayCall): Promise<CurrentUserResource> {
    return toCurrentUser(await this.users.retrieve(applicationId, userId));
  }

  /** Nobody listens to what concerns somebody else. */
  @Topic('users/{id}', USER_TOPICS)
  listen({ userId, ids: [id] }: Call): void {
    if (id !== userId) throw new ResourceNotFoundError();
  }

  @Relay('user.channels', { query: PageQuery, answer: page(ChannelResource, 'channels') })
  listChannels({ applicationId, userId, query }: RelayCall<PageQuery>): Promise<Page<ChannelResource>> {
    return this.channelLists.listOfUser(applicationId, userId, query);
  }

  @Action('user.create_channel', {
    body: CreateChannelResource,
    answer: { topic: 'channels', type: 'user.channel.upserted', resource: ChannelResource },
  })
  async createChannel({ applicationId, userId, body }: ActionCall<CreateChannelResource>): Promise<ChannelResource> {
    const { userCreatedChannels } = await this.applications.retrieve(applicationId);
    if (!userCreatedChannels) throw new AccessDeniedError('Users of this application may not create channels');
    return this.channels.create(applicationId, { ...body, creator: { id: userId } });
  }
}
