import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { ReactionSummaries } from './reaction-summaries.js';

/** Reading reactions, apart from making them: messages show theirs, reactions need their message. */
@Module({ imports: [UsersModule], providers: [ReactionSummaries], exports: [ReactionSummaries] })
export class ReactionReadingModule {}
