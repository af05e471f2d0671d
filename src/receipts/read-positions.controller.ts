import { Get, Put } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Body } from '../resource/input.decorators.js';
import { ReadPositionProperties, ReadPositionResource } from './read-position.resource.js';
import { ReadPosition, ReadPositions } from './read-positions.service.js';

/** Up to where members have read. The published API has no such calls: end users' apps say it by realtime. */
@PlatformController('channels/:id/members/:user_id/read-position')
export class ReadPositionsController {
  constructor(private readonly positions: ReadPositions) {}

  @Get()
  @Operation({
    id: 'retrieve-channel-member-read-position',
    summary: "Retrieve a channel member's read position",
    description: 'Returns up to which message a member has read this channel, and how much is left to read',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'read:read_receipt'],
    answer: resource(ReadPositionResource),
  })
  async retrieve(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @IdParam('User', 'user_id') userId: number,
  ): Promise<ReadPositionResource> {
    return toResource(await this.positions.retrieve(applicationId, id, userId));
  }

  @Put()
  @Operation({
    id: 'update-channel-member-read-position',
    summary: "Update a channel member's read position",
    description:
      'Says that a member has read this channel up to a message, or all of it. Messages before that are read as well; what has been read stays read',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'create:read_receipt'],
    body: ReadPositionProperties,
    bodyOptional: true,
    answer: resource(ReadPositionResource),
  })
  async update(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @IdParam('User', 'user_id') userId: number,
    @Body() { messageId }: ReadPositionProperties,
  ): Promise<ReadPositionResource> {
    return toResource(await this.positions.readChannel(applicationId, id, userId, messageId));
  }
}

const toResource = ({ messageId, ...position }: ReadPosition): ReadPositionResource => ({
  ...position,
  ...(messageId !== undefined && { messageId }),
});
