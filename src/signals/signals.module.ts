import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { ThreadStorageModule } from '../threads/thread-storage.module.js';
import { SignalsController } from './signals.controller.js';
import { SignalsService } from './signals.service.js';

/** Events of a tenant's own and keystrokes: for those who are in a channel now. */
@Module({
  imports: [ChannelsModule, ThreadStorageModule],
  controllers: [SignalsController],
  providers: [SignalsService],
  exports: [SignalsService],
})
export class SignalsModule {}
