import { Post } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Body } from '../resource/input.decorators.js';
import { ChannelGenericEventResource, CreateChannelGenericEventResource } from './channel-event.resource.js';
import { CreateDelegatedReplyThreadKeystrokesResource, ReplyThreadKeystrokesResource } from './keystrokes.resource.js';
import { SignalsService } from './signals.service.js';

@PlatformController('')
export class SignalsController {
  constructor(private readonly signals: SignalsService) {}

  @Post('channels/:id/events')
  @Operation({
    id: 'send-channel-event',
    summary: 'Send a channel event',
    description: 'Sends a custom channel event to those who are in this channel now',
    tag: 'channels',
    scopes: ['read:channel', 'create:channel_event'],
    body: CreateChannelGenericEventResource,
    answer: resource(ChannelGenericEventResource),
  })
  sendEvent(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Body() event: CreateChannelGenericEventResource,
  ): Promise<ChannelGenericEventResource> {
    return this.signals.sendEvent(applicationId, id, event);
  }

  @Post('channels/:id/keystrokes')
  @Operation({
    id: 'send-channel-keystrokes',
    summary: 'Send channel keystrokes',
    description: 'Sends keystrokes in this channel on behalf of a user',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'create:keystrokes'],
    body: CreateDelegatedReplyThreadKeystrokesResource,
    answer: resource(ReplyThreadKeystrokesResource),
  })
  sendChannelKeystrokes(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Body() keystrokes: CreateDelegatedReplyThreadKeystrokesResource,
  ): Promise<ReplyThreadKeystrokesResource> {
    return this.signals.sendChannelKeystrokes(applicationId, id, keystrokes);
  }

  @Post('threads/:id/keystrokes')
  @Operation({
    id: 'send-thread-keystrokes',
    summary: 'Send thread keystrokes',
    description: 'Sends keystrokes in this thread on behalf of a user',
    tag: 'threads',
    scopes: ['read:thread', 'read:user', 'create:keystrokes'],
    body: CreateDelegatedReplyThreadKeystrokesResource,
    answer: resource(ReplyThreadKeystrokesResource),
  })
  sendThreadKeystrokes(
    @Caller() { applicationId }: Principal,
    @IdParam('Thread') id: number,
    @Body() keystrokes: CreateDelegatedReplyThreadKeystrokesResource,
  ): Promise<ReplyThreadKeystrokesResource> {
    return this.signals.sendThreadKeystrokes(applicationId, id, keystrokes);
  }
}
