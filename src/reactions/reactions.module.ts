import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { ReactionsRepository } from './reactions.repository.js';
import { Reactions } from './reactions.service.js';

@Module({ imports: [MessagesModule], providers: [Reactions, ReactionsRepository], exports: [Reactions] })
export class ReactionsModule {}
