import { SourceClient } from './source-client.js';
import { Naming } from './source-items.js';
import { MoveRow } from './moves.repository.js';

/** How far a move is, for whoever watches. */
export interface MoveProgress {
  stage: 'users' | 'channels' | 'contents';
  done: number;
  total: number;
  messages: number;
}

/** What all who work on a move have in common. */
export interface MoveContext {
  readonly move: MoveRow;
  /** What this work is signed with. */
  readonly owner: string;
  readonly key: Naming;
  readonly client: SourceClient;
  /** Files that the other server keeps are kept here from now on. */
  readonly downloadsFiles: boolean;
  readonly concurrency: number;
  /** How many messages this process has gone through. */
  readonly progress: { messages: number };
  show(progress: MoveProgress): void;
}

/** Another process works on the same move: what this one was about to commit is the other's to do. */
export class MoveLost extends Error {
  constructor() {
    super('another process has taken over; this one ends');
  }
}
