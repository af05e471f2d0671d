import { Module } from '@nestjs/common';
import { ThreadsRepository } from './threads.repository.js';

/** The stored threads, for channels, which each have one, and for messages. */
@Module({ providers: [ThreadsRepository], exports: [ThreadsRepository] })
export class ThreadStorageModule {}
