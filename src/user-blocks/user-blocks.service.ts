import { Injectable } from '@nestjs/common';
import { isDuplicate } from '../database/database-errors.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { UsersService } from '../users/users.service.js';
import { UserBlockFilter, UserBlockRow, UserBlocksRepository } from './user-blocks.repository.js';

/**
 * Whom users do not want to hear of: who is blocked cannot write to them directly, nor open a direct channel with them,
 * and what they say elsewhere raises no notification.
 */
@Injectable()
export class UserBlocks {
  constructor(
    private readonly blocks: UserBlocksRepository,
    private readonly users: UsersService,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  list(applicationId: number, userId: number, filter: UserBlockFilter, query: PageQuery): Promise<Page<UserBlockRow>> {
    return this.blocks.list(applicationId, userId, filter, query);
  }

  /** One who is blocked already stays so. */
  async block(applicationId: number, userId: number, blockedUserId: number): Promise<UserBlockRow> {
    if (userId === blockedUserId) throw ClientError.of('UserBlock', 'user', 'unprocessable', 'is the one who blocks');
    const blocked = await this.users.retrieve(applicationId, blockedUserId);
    const existing = await this.blocks.findOf(applicationId, userId, blockedUserId);
    if (existing) return existing;
    try {
      await this.unitOfWork.run(async () => {
        const createdTime = Date.now();
        const id = await this.blocks.insert(applicationId, userId, blockedUserId, createdTime);
        await this.events.append({
          applicationId,
          type: 'user.blocked',
          subjectId: blockedUserId,
          payload: { blockId: id, userId, name: blocked.name },
          createdTime,
        });
      });
    } catch (error) {
      // It has just been done.
      if (!isDuplicate(error)) throw error;
    }
    const block = await this.blocks.findOf(applicationId, userId, blockedUserId);
    if (!block) throw new ResourceNotFoundError();
    return block;
  }

  /** Answers the block that was. */
  unblock(applicationId: number, userId: number, blockId: number): Promise<UserBlockRow> {
    return this.unitOfWork.run(async () => {
      const block = await this.blocks.find(applicationId, userId, blockId);
      if (!block || !(await this.blocks.delete(applicationId, blockId))) throw new ResourceNotFoundError();
      await this.events.append({
        applicationId,
        type: 'user.unblocked',
        subjectId: block.user_id!,
        payload: { blockId, userId, name: block.user_name },
        createdTime: Date.now(),
      });
      return block;
    });
  }
}
