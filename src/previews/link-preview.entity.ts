import { Entity, Index } from 'typeorm';
import { JsonColumn, TextColumn, TextKeyColumn, TimeColumn } from '../database/columns.js';

/** What was found at a web address, or that nothing was, for a while. */
@Entity('link_previews')
// What has had its time.
@Index('link_previews_expiry', ['expiresTime'])
export class LinkPreview {
  /** SHA-256 of the address in base64. */
  @TextKeyColumn('url_hash', 44)
  urlHash!: string;

  @TextColumn('url', 2048)
  url!: string;

  /** JSON as links of messages hold it; null when there is nothing to show. */
  @JsonColumn('preview', { nullable: true })
  preview!: string | null;

  @TimeColumn('fetched_time')
  fetchedTime!: number;

  @TimeColumn('expires_time')
  expiresTime!: number;
}
