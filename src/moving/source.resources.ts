/** What the published API tells, as far as it is copied. */

export interface SourceUser {
  id: number;
  type?: string;
  name: string;
  displayName: string;
  displayPictureUrl?: string;
  isGuest?: boolean;
  presence?: { status?: string };
  properties?: Record<string, unknown>;
}

export interface SourceChannel {
  id: number;
  type: string;
  name?: string;
  displayName?: string;
  createdTime: string;
  creator?: SourceUser;
  /** Of a direct channel. */
  members?: SourceUser[];
  properties?: Record<string, unknown>;
}

export interface SourceMembership {
  createdTime: string;
  _links: { user?: { href: string } };
}

export interface SourceFile {
  type?: string;
  url: string;
  name: string;
  contentType: string;
  size: number;
}

export interface SourceMessage {
  id: number;
  type: string;
  channelId: number;
  createdTime: string;
  lastEditedTime?: string;
  groupTag?: string;
  nestedLevel?: number;
  repliesCount?: number;
  body?: string;
  file?: SourceFile;
  user?: SourceUser;
  properties?: Record<string, unknown>;
}

export interface SourceApplication {
  id: number;
  name?: string;
  properties?: Record<string, unknown>;
  _links?: { self?: { href: string } };
}

type State = 'ENABLED' | 'DISABLED';

export interface SourceSettings {
  guestUsers?: State;
  userCreatedChannels?: State;
  features?: { guestUsers?: State; userCreatedChannels?: State; guest_users?: State; user_created_channels?: State };
}
