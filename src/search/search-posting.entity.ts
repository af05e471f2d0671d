import { Entity } from 'typeorm';
import { BytesColumn, KeyColumn, TextKeyColumn } from '../database/columns.js';

/** The messages of a segment that have a term. Those of one term lie together, so that they are read in one go. */
@Entity('search_postings', { withoutRowid: true })
export class SearchPosting {
  @KeyColumn('application_id')
  applicationId!: number;

  @TextKeyColumn('term', 16)
  term!: string;

  @KeyColumn('segment')
  segment!: number;

  /** See postings.ts. */
  @BytesColumn('ids')
  ids!: Buffer;
}
