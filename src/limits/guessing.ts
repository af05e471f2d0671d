import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { RefusalCounts } from './refusal-counts.js';
import { WindowCounter } from './window-counter.js';

const WINDOW_SECONDS = 60;
/** An address may try credentials of this many clients before it is refused altogether. */
const CLIENTS_OF_ADDRESS = 5;
/** Longer ids are nobody's. */
const CLIENT_ID_MAX = 128;

/** Slows down who guesses the secrets of clients. Only failed attempts count. */
@Injectable()
export class Guessing {
  constructor(
    private readonly config: Config,
    private readonly counter: WindowCounter,
    private readonly refusals: RefusalCounts,
  ) {}

  /** For how many milliseconds no attempt is let through; 0 if one may be made. */
  async waitMs(clientId: string, address: string): Promise<number> {
    if (this.config.oauthFailuresPerMinute === 0) return 0;
    const ends = await Promise.all(
      this.keys(clientId, address).map(async ({ key, failures }) => {
        const count = await this.counter.look(key);
        return count && count.used >= failures ? count.endsTime : 0;
      }),
    );
    const waitMs = Math.max(0, Math.max(...ends) - Date.now());
    if (waitMs > 0) this.refusals.add('credentials');
    return waitMs;
  }

  async failed(clientId: string, address: string): Promise<void> {
    if (this.config.oauthFailuresPerMinute === 0) return;
    await Promise.all(this.keys(clientId, address).map(({ key }) => this.counter.add(key, 1, WINDOW_SECONDS)));
  }

  private keys(clientId: string, address: string): { key: string; failures: number }[] {
    const failures = this.config.oauthFailuresPerMinute;
    return [
      { key: `client:${address}:${clientId.slice(0, CLIENT_ID_MAX)}`, failures },
      { key: `address:${address}`, failures: failures * CLIENTS_OF_ADDRESS },
    ];
  }
}
