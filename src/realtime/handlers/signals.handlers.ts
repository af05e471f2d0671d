import { Injectable } from '@nestjs/common';
import { TextField } from '../../resource/fields.js';
import { About } from '../../resource/registry.js';
import { CreateChannelGenericEventResource } from '../../signals/channel-event.resource.js';
import { KEYS_MAX } from '../../signals/keystrokes.resource.js';
import { SignalsService } from '../../signals/signals.service.js';
import { UsersService } from '../../users/users.service.js';
import type { ActionCall } from '../destinations/handlers.js';
import { Action } from '../destinations/handlers.js';

/** What somebody has typed. */
@About('Keystrokes')
export class KeystrokesProperties {
  @TextField({ description: 'What has been typed. Nothing, once all of it was deleted', min: 0, max: KEYS_MAX })
  keys!: string;
}

/** What concerns those who are in a channel now, and nobody later. */
@Injectable()
export class SignalsHandlers {
  constructor(
    private readonly signals: SignalsService,
    private readonly users: UsersService,
  ) {}

  @Action('channels/{id}.trigger_event', { body: CreateChannelGenericEventResource })
  async triggerEvent({
    applicationId,
    userId,
    ids: [id],
    body,
  }: ActionCall<CreateChannelGenericEventResource>): Promise<void> {
    await this.signals.sendEvent(applicationId, id, body, await this.users.retrieve(applicationId, userId));
  }

  @Action('channels/{id}.keystrokes', { body: KeystrokesProperties })
  async typeInChannel({ applicationId, userId, ids: [id], body }: ActionCall<KeystrokesProperties>): Promise<void> {
    await this.signals.sendChannelKeystrokes(applicationId, id, { keys: body.keys, user: { id: userId } });
  }

  @Action('threads/{id}.keystrokes', { body: KeystrokesProperties })
  async typeInThread({ applicationId, userId, ids: [id], body }: ActionCall<KeystrokesProperties>): Promise<void> {
    await this.signals.sendThreadKeystrokes(applicationId, id, { keys: body.keys, user: { id: userId } });
  }
}
