import { Module } from '@nestjs/common';
import { ChatSessionEnding } from './chat-session-ending.js';

/** Ending chat sessions, apart from beginning them: members who leave end theirs, and only members begin one. */
@Module({ providers: [ChatSessionEnding], exports: [ChatSessionEnding] })
export class SessionStorageModule {}
