import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { UserBlockStorageModule } from './user-block-storage.module.js';
import { UserBlocks } from './user-blocks.service.js';

@Module({ imports: [UserBlockStorageModule, UsersModule], providers: [UserBlocks], exports: [UserBlocks] })
export class UserBlocksModule {}
