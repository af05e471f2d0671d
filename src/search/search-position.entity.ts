import { Entity } from 'typeorm';
import { ReferenceColumn, TextKeyColumn } from '../database/columns.js';

/** How far the index of messages has come: `indexed` by itself, `rebuilt` while it is being rebuilt. */
@Entity('search_positions')
export class SearchPosition {
  @TextKeyColumn('name', 32)
  name!: string;

  /** All messages up to this id were seen. */
  @ReferenceColumn('message_id')
  messageId!: number;
}
