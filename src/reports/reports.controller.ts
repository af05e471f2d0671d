import { Get } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { page } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { MessageResource } from '../messages/message.resource.js';
import { PageQuery } from '../pagination/page-query.js';
import { Page } from '../pagination/page.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Query } from '../resource/input.decorators.js';
import { ReportsService } from './reports.service.js';

@PlatformController('channels/:id/reported-messages')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get()
  @Operation({
    id: 'list-channel-reported-messages',
    summary: 'List reported channel messages',
    description: 'Returns a page of the messages in this channel that users reported, oldest first',
    tag: 'channels',
    scopes: ['read:channel', 'read:message'],
    answer: page(MessageResource, 'messages'),
  })
  list(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Query() query: PageQuery,
  ): Promise<Page<MessageResource>> {
    return this.reports.listMessages(applicationId, id, query);
  }
}
