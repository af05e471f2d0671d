import { Injectable } from '@nestjs/common';

/** What can be over its limit. */
export const LIMITED = ['requests', 'credentials', 'quota'] as const;
export type Limited = (typeof LIMITED)[number];

/** How often this process has refused something because of a limit. */
@Injectable()
export class RefusalCounts {
  private readonly counts: Record<Limited, number> = { requests: 0, credentials: 0, quota: 0 };

  add(what: Limited): void {
    this.counts[what]++;
  }

  of(what: Limited): number {
    return this.counts[what];
  }
}
