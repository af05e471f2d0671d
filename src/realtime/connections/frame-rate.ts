/** A connection may do what it was kept from doing for this long, all at once. */
const BURST_SECONDS = 10;

/** How fast a connection may ask: so many times a second, and more for a short while after a quiet one. */
export class FrameRate {
  private tokens: number;
  private filledTime = Date.now();

  /** 0 stands for no limit. */
  constructor(private readonly perSecond: number) {
    this.tokens = perSecond * BURST_SECONDS;
  }

  /** For how many milliseconds it has to wait; 0 if it may go on. */
  take(now = Date.now()): number {
    if (this.perSecond === 0) return 0;
    const gained = (Math.max(0, now - this.filledTime) / 1_000) * this.perSecond;
    this.tokens = Math.min(this.perSecond * BURST_SECONDS, this.tokens + gained);
    this.filledTime = now;
    if (this.tokens < 1) return Math.ceil(((1 - this.tokens) / this.perSecond) * 1_000);
    this.tokens--;
    return 0;
  }
}
