import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { UsersModule } from '../users/users.module.js';
import { ProcessLease } from './process-lease.js';
import { SessionHousekeeping } from './session-housekeeping.js';
import { SessionStorageModule } from './session-storage.module.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [ChannelsModule, SessionStorageModule, UsersModule],
  controllers: [SessionsController],
  providers: [ProcessLease, SessionHousekeeping, SessionsRepository, SessionsService],
  exports: [SessionsService],
})
export class SessionsModule {}
