import { Entity, Index } from 'typeorm';
import { BytesColumn, KeyColumn, LongTextColumn } from '../database/columns.js';

/** So many messages of an application, one behind the other, that were indexed together. */
@Entity('search_segments')
// All of them, whosoever they are: the order in which the index is made anew.
@Index('search_segments_all', ['segment'])
export class SearchSegment {
  @KeyColumn('application_id')
  applicationId!: number;

  /** The id of its last message. It begins behind the segment before. */
  @KeyColumn('segment')
  segment!: number;

  /** The ids of its messages, see postings.ts. */
  @BytesColumn('ids')
  ids!: Buffer;

  /** The terms that it has postings of, separated by spaces. */
  @LongTextColumn('terms')
  terms!: string;
}
