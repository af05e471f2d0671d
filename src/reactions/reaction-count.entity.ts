import { Entity, Index } from 'typeorm';
import { CountColumn, KeyColumn, ReferenceColumn, TextKeyColumn } from '../database/columns.js';

/** How many users reacted to a message with one emoji. There is no row when none did. */
@Entity('reaction_counts')
// Deletes those of an application.
@Index('reaction_counts_application', ['applicationId', 'messageId'])
export class ReactionCount {
  @KeyColumn('message_id')
  messageId!: number;

  @TextKeyColumn('emoji', 64)
  emoji!: string;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** When the emoji came to this message, relative to the others: they are shown in this order. */
  @ReferenceColumn('first_reaction_id')
  firstReactionId!: number;

  @CountColumn('reaction_count')
  reactionCount!: number;
}
