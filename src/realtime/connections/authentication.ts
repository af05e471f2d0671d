import { Injectable } from '@nestjs/common';
import { UserRow } from '../../users/user.rows.js';

/** Somebody who wants to connect. */
export interface SignInAttempt {
  applicationId: number;
  username: string;
  /** What the app was given to prove who its user is, if anything. */
  authParams: unknown;
  /** The user with that name, if there is one. */
  user: UserRow | undefined;
}

/**
 * Decides whether somebody is who they say. Undefined leaves it to others; without any decision those may connect who
 * exist, and guests where the application allows guests.
 */
export interface Authenticator {
  authenticate(attempt: SignInAttempt): Promise<'accepted' | 'denied' | undefined>;
}

/** Who is asked before anybody connects. */
@Injectable()
export class Authentication {
  private readonly authenticators: Authenticator[] = [];

  add(authenticator: Authenticator): void {
    this.authenticators.push(authenticator);
  }

  async decide(attempt: SignInAttempt): Promise<'accepted' | 'denied' | undefined> {
    for (const authenticator of this.authenticators) {
      const decision = await authenticator.authenticate(attempt);
      if (decision) return decision;
    }
    return undefined;
  }
}
