import { ChannelMover } from './channel-mover.js';
import { Downloads } from './downloads.js';
import { MoveReport } from './move-report.js';
import { MoveTargets } from './move-targets.js';
import { MoveWriter } from './move-writer.js';
import { Mover } from './mover.js';
import { MovesRepository } from './moves.repository.js';
import { Replies } from './replies.js';
import { Segments } from './segments.js';
import { SourceUsers } from './source-users.js';

/** What copies applications of other servers. Only a command does so: it needs credentials that servers do not keep. */
export const MOVING = [
  ChannelMover,
  Downloads,
  MoveReport,
  Mover,
  MovesRepository,
  MoveTargets,
  MoveWriter,
  Replies,
  Segments,
  SourceUsers,
];
