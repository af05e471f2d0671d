import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../database/database.js';
import { rows } from '../database/sql.js';
import { IndexedMessage, SearchedMessages, Trait, traitsOf, wordOf, wordsOf } from './grams.js';

/** So many of the newest messages tell what is rare. */
const SAMPLE = 500;
const SAMPLE_MS = 600_000;
/** Longer bodies are cut: their beginnings tell as much. */
const BODY_MAX = 500;
/** A share of messages that is taken for what no sampled message has. */
const UNSEEN = 0.5 / SAMPLE;
const TRAITS_MAX = 4;
/** To compare a candidate costs as much as to go through so many rows of one more word. */
const ROWS_PER_CANDIDATE = 25;

/** Which traits to look for, the rarest first. */
export interface Choice {
  traits: Trait[];
  /** How many rows of the index there are for each message to look through, about. */
  cost: number;
  /** The share of messages that have the rarest part of the text, about: no more of them contain the text. */
  share: number;
}

/** A trait, and the share of messages that have it, about. */
interface Known {
  trait: Trait;
  share: number;
}

/** How many sampled messages have a word. Those that a single one has are not kept. */
interface Sample {
  size: number;
  words: ReadonlyMap<string, number>;
}

/**
 * Chooses what to look for. An index is slow where it goes through the many rows of common words, so it is asked for the
 * rarest parts only: any will do, since what it finds is compared. What is rare is told by a few of an application's
 * newest messages.
 */
@Injectable()
export class Rarity {
  private readonly samples = new LRUCache<number, Promise<Sample>>({ max: 50, ttl: SAMPLE_MS });

  constructor(private readonly database: Database) {}

  async choose(searched: SearchedMessages): Promise<Choice> {
    const sample = await this.sample(searched.applicationId);
    const known = traitsOf(searched).map((trait) => ({ trait, share: shareOf(trait, sample) }));
    known.sort((a, b) => a.share - b.share);
    const [rarest, ...others] = known as [Known, ...Known[]];
    // Runs of one text tend to be in the same messages, so that channel and sender rule out more.
    others.sort((a, b) => Number(a.trait.kind === 'g') - Number(b.trait.kind === 'g'));
    const chosen = [rarest];
    let together = rarest.share;
    for (const other of others) {
      const ruledOut = together * (1 - other.share);
      if (chosen.length === TRAITS_MAX || ruledOut * ROWS_PER_CANDIDATE < other.share) continue;
      chosen.push(other);
      together *= other.share;
    }
    return {
      traits: chosen.map(({ trait }) => trait),
      cost: chosen.reduce((sum, { share }) => sum + share, 0),
      share: known.find(({ trait }) => trait.kind === 'g')!.share,
    };
  }

  private sample(applicationId: number): Promise<Sample> {
    let sample = this.samples.get(applicationId);
    if (!sample) {
      sample = this.take(applicationId);
      this.samples.set(applicationId, sample);
      sample.catch(() => this.samples.delete(applicationId));
    }
    return sample;
  }

  private async take(applicationId: number): Promise<Sample> {
    const found = await this.database.query<IndexedMessage>(
      `SELECT m.id, m.application_id, m.channel_id, m.user_id, SUBSTR(m.body, 1, ${BODY_MAX}) AS body FROM messages m ${this.database.dialect.readBy('messages_application')} WHERE m.application_id = ? ORDER BY m.id DESC LIMIT ${rows(SAMPLE)}`,
      [applicationId],
    );
    const words = new Map<string, number>();
    for (const [index, message] of found.entries()) {
      if (message.body === null) continue;
      for (const word of wordsOf(message, '').split(' ')) words.set(word, (words.get(word) ?? 0) + 1);
      // Others have their turn.
      if (index % 50 === 49) await setImmediate();
    }
    for (const [word, count] of words) if (count === 1) words.delete(word);
    return { size: found.length, words };
  }
}

function shareOf(trait: Trait, { size, words }: Sample): number {
  const sought = wordOf(trait, '');
  let count = words.get(sought) ?? 0;
  if (trait.isPrefix) for (const [word, more] of words) if (word !== sought && word.startsWith(sought)) count += more;
  return count === 0 ? UNSEEN : Math.min(1, count / size);
}
