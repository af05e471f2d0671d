/** What is copied. */
export const MOVE_KINDS = ['USER', 'CHANNEL', 'MEMBER', 'MESSAGE', 'FILE'] as const;
export type MoveKind = (typeof MOVE_KINDS)[number];

/** What has become of the things of a kind. */
export interface KindCounts {
  copied: number;
  /** They were there already. */
  skipped: number;
  failed: number;
}
