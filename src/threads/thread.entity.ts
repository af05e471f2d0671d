import { Entity, Index } from 'typeorm';
import {
  CountColumn,
  IntColumn,
  JsonColumn,
  KeyColumn,
  ReferenceColumn,
  TextColumn,
  TimeColumn,
} from '../database/columns.js';

/** A line of conversation in a channel. */
@Entity('threads')
// The threads of a channel, those of a type in order of id.
@Index('threads_type', ['channelId', 'type', 'id'])
export class Thread {
  /** Of a message's thread, the id of that message; otherwise the next of the sequence that both share. */
  @KeyColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('channel_id')
  channelId!: number;

  /** MAIN, STANDALONE or MESSAGE. A message has its thread stored with the first reply. */
  @TextColumn('type', 16)
  type!: string;

  @TextColumn('name', 255, { nullable: true })
  name!: string | null;

  /** What the messages in it have as their nested level. */
  @IntColumn('nested_level')
  nestedLevel!: number;

  @CountColumn('message_count')
  messageCount!: number;

  @JsonColumn('properties')
  properties!: string;

  @TimeColumn('created_time')
  createdTime!: number;
}
