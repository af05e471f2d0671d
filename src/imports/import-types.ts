import { ImportKind } from './import-kind.js';

/** The jobs that import, by what their files hold. */
const KINDS = {
  USER_IMPORT: 'USER',
  CHANNEL_IMPORT: 'CHANNEL',
  CHANNEL_MEMBERS_IMPORT: 'MEMBER',
  MESSAGE_IMPORT: 'MESSAGE',
  /** Items of all kinds: each says which it is. */
  APPLICATION_IMPORT: undefined,
} as const satisfies Record<string, ImportKind | undefined>;

export type ImportType = keyof typeof KINDS;
export const IMPORT_TYPES = Object.keys(KINDS) as ImportType[];
export const kindOf = (type: ImportType): ImportKind | undefined => KINDS[type];

/** What an import is scheduled with. */
export interface ImportPayload {
  /** The key of the file in storage. */
  file: string;
  isDryRun: boolean;
  /** Where the members go. */
  channelId?: number;
}
