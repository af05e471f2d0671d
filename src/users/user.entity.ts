import { Entity, Index } from 'typeorm';
import {
  BooleanColumn,
  CountColumn,
  IdColumn,
  JsonColumn,
  ReferenceColumn,
  TextColumn,
  TimeColumn,
} from '../database/columns.js';

/** An end user of a tenant. */
@Entity('users')
// Names are unique in an application; lists are in their order.
@Index('users_name', ['applicationId', 'name'], { unique: true })
// Lists in order of id, which is also the order of creation.
@Index('users_id', ['applicationId', 'id'])
// Lists in order of display name.
@Index('users_display_name', ['applicationId', 'displayName', 'id'])
// Lists of those who are online.
@Index('users_online', ['applicationId', 'presenceOnline', 'displayName', 'id'])
export class User {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** PERSON or BOT. */
  @TextColumn('type', 8)
  type!: string;

  /** Null once the user is deleted: the name is free again, what the user wrote remains. */
  @TextColumn('name', 255, { nullable: true })
  name!: string | null;

  @TextColumn('display_name', 255)
  displayName!: string;

  /** Where the picture is: a path of this server, or an address elsewhere. Null for the generated one. */
  @TextColumn('display_picture', 2048, { nullable: true })
  displayPicture!: string | null;

  @BooleanColumn('is_guest')
  isGuest!: boolean;

  @TextColumn('presence_status', 64)
  presenceStatus!: string;

  /** True while the user has an active session. */
  @BooleanColumn('presence_online')
  presenceOnline!: boolean;

  @JsonColumn('properties')
  properties!: string;

  /** Channels that the user is a member of. */
  @CountColumn('channel_count')
  channelCount!: number;

  /** Messages that the user sent. */
  @CountColumn('message_count')
  messageCount!: number;

  @TimeColumn('created_time')
  createdTime!: number;

  @TimeColumn('deleted_time', { nullable: true })
  deletedTime!: number | null;
}
