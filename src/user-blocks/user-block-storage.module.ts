import { Module } from '@nestjs/common';
import { UserBlocksRepository } from './user-blocks.repository.js';

/** The stored blocks, apart from making them: channels ask who has blocked whom. */
@Module({ providers: [UserBlocksRepository], exports: [UserBlocksRepository] })
export class UserBlockStorageModule {}
