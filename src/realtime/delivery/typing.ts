import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { DomainEvent } from '../../events/domain-event.js';
import { Publication, Topics } from '../connections/topics.js';

/** Whoever has pressed no key for so long is not typing any more. */
const SILENCE_MS = 5_000;

interface Typist {
  timer: NodeJS.Timeout;
  /** What is told when they stop; until it is known, nobody knows that they began. */
  stopped: Publication[];
}

/** Who is typing where, as the log of events tells every process. */
@Injectable()
export class Typing implements OnApplicationShutdown {
  private readonly typists = new Map<string, Typist>();

  constructor(private readonly topics: Topics) {}

  onApplicationShutdown(): void {
    for (const { timer } of this.typists.values()) clearTimeout(timer);
    this.typists.clear();
  }

  /** Answers whether they have just begun. They stop by themselves after a while. */
  begin(event: DomainEvent, userId: number): boolean {
    const key = keyOf(event, userId);
    const known = this.typists.get(key);
    if (known) known.timer.refresh();
    else this.typists.set(key, { timer: setTimeout(() => this.expire(key), SILENCE_MS).unref(), stopped: [] });
    return !known;
  }

  /** What is to be told when they have stopped by themselves. */
  whenStopped(event: DomainEvent, userId: number, stopped: Publication[]): void {
    const typist = this.typists.get(keyOf(event, userId));
    if (typist) typist.stopped = stopped;
  }

  /** Answers whether they were typing. */
  end(event: DomainEvent, userId: number): boolean {
    const key = keyOf(event, userId);
    clearTimeout(this.typists.get(key)?.timer);
    return this.typists.delete(key);
  }

  private expire(key: string): void {
    const typist = this.typists.get(key);
    this.typists.delete(key);
    for (const publication of typist?.stopped ?? []) this.topics.publish(publication);
  }
}

const keyOf = ({ payload }: DomainEvent, userId: number): string => `${String(payload.threadId)} ${userId}`;
