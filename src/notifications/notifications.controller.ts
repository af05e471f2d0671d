import { Get } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { cursorPage } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorPage } from '../pagination/page.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Query } from '../resource/input.decorators.js';
import { NotificationResource } from './notification.resource.js';
import { NotificationsService } from './notifications.service.js';

@PlatformController('users')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get(':id/notifications')
  @Operation({
    id: 'list-user-notifications',
    summary: "List a user's notifications",
    description: 'Returns a page of notifications received by this user, newest first',
    tag: 'users',
    scopes: ['read:user', 'read:notifications'],
    answer: cursorPage(NotificationResource, 'notifications'),
  })
  list(
    @Caller() { applicationId }: Principal,
    @IdParam('User') id: number,
    @Query() query: CursorQuery,
  ): Promise<CursorPage<NotificationResource>> {
    return this.notifications.list(applicationId, id, query);
  }
}
