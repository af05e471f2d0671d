import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '../../errors/api-error.js';
import { resource } from '../../hal/answer.js';
import { CurrentUser } from '../../users/current-user.service.js';
import type { ActionCall, Call, RelayCall } from '../destinations/handlers.js';
import { Action, Relay, Topic } from '../destinations/handlers.js';
import { CurrentUserResource, toCurrentUser } from '../resources/current-user.resource.js';
import { USER_TOPICS } from '../resources/topics.js';

const TOLD_OF_SELF = { topic: 'self', type: 'user.self.updated', resource: CurrentUserResource };

/** The user who is connected, to themselves. */
@Injectable()
export class CurrentUserHandlers {
  constructor(private readonly currentUser: CurrentUser) {}

  /** Nobody listens to what concerns somebody else. */
  @Topic('users/{id}', USER_TOPICS)
  listen({ userId, ids: [id] }: Call): void {
    if (id !== userId) throw new ResourceNotFoundError();
  }

  @Relay('user', { answer: resource(CurrentUserResource) })
  async retrieve({ applicationId, userId }: RelayCall): Promise<CurrentUserResource> {
    return toCurrentUser(await this.currentUser.retrieve(applicationId, userId));
  }

  @Action('user.update', { answer: TOLD_OF_SELF })
  async update({ applicationId, userId, body }: ActionCall): Promise<CurrentUserResource> {
    return toCurrentUser(await this.currentUser.update(applicationId, userId, body));
  }

  @Action('user.update_display_picture', { answer: TOLD_OF_SELF })
  async changeDisplayPicture({ applicationId, userId, body }: ActionCall): Promise<CurrentUserResource> {
    return toCurrentUser(await this.currentUser.changeDisplayPicture(applicationId, userId, body));
  }
}
