import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { DomainEvent } from '../events/domain-event.js';
import { EventDispatcher } from '../events/event-dispatcher.js';
import { EventSubscriber } from '../events/event-subscriber.js';
import { SearchIndex } from './search-index.js';

const PORTION = 200;
/** New messages are gathered for so long. Nobody waits for it: what the index does not know is compared. */
const GATHER_MS = 250;
const RETRY_MS = 5_000;

/**
 * Keeps the index in step with the messages, after their commit. New ones are found by their ids, so that it does not
 * matter how they came; what happens to known ones is told by events.
 */
@Injectable()
export class SearchIndexer implements EventSubscriber, OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly name = 'message-search';
  readonly gatherMs = GATHER_MS;
  private readonly log = new Logger('Search');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isAwake = false;
  private isStopped = false;

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly index: SearchIndex,
  ) {}

  onModuleInit(): void {
    this.dispatcher.subscribe(this);
  }

  onApplicationBootstrap(): void {
    // Messages from before there was an index, or from a process that ended before it had come to them.
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  async handle(events: readonly DomainEvent[]): Promise<void> {
    const messages = events.filter(({ type }) => type.startsWith('message') && type !== 'message.links_previewed');
    if (messages.length === 0) return;
    const indexed = (await this.index.position('indexed')) ?? 0;
    const changed = new Set<number>();
    const sent = new Set<number>();
    let isBehind = false;
    for (const event of messages) {
      const { first, last } = idsOf(event);
      const ids = event.type === 'message.updated' || event.type === 'message.deleted' ? changed : sent;
      for (let id = first; id <= Math.min(last, indexed); id++) ids.add(id);
      if (last > indexed) isBehind = true;
    }
    for (const ids of portions([...changed])) await this.index.refresh(ids);
    // New ones come here only if they became visible after higher ids had; nearly all are known by now.
    for (const ids of portions([...sent])) {
      const known = await this.index.known(ids);
      await this.index.refresh(ids.filter((id) => !known.has(id)));
    }
    // At once: these have been gathered already, and would have to be looked for later as those above.
    if (isBehind) await this.catchUp();
  }

  /** There may be messages that are not indexed. */
  wake(): void {
    this.isAwake = true;
    if (this.timer || this.running || this.isStopped) return;
    this.start(GATHER_MS);
  }

  private start(after: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.running = this.catchUp().finally(() => {
        this.running = undefined;
        if (this.isAwake && !this.isStopped && !this.timer) this.start(GATHER_MS);
      });
    }, after).unref();
  }

  private async catchUp(): Promise<void> {
    this.isAwake = false;
    try {
      while (!this.isStopped && (await this.index.advance('indexed', PORTION)).isMore);
    } catch (error) {
      this.log.error(error instanceof Error ? error.stack : String(error));
      if (!this.isStopped) {
        this.isAwake = true;
        this.start(RETRY_MS);
      }
    }
  }
}

/** The messages that an event is about: one, or those that were written together, from the first id to the last. */
function idsOf({ subjectId, payload }: DomainEvent): { first: number; last: number } {
  const { firstId, lastId } = payload;
  return Number.isSafeInteger(firstId) && Number.isSafeInteger(lastId)
    ? { first: firstId as number, last: lastId as number }
    : { first: subjectId, last: subjectId };
}

function portions(ids: number[]): number[][] {
  ids.sort((a, b) => a - b);
  return Array.from({ length: Math.ceil(ids.length / PORTION) }, (_, index) =>
    ids.slice(index * PORTION, (index + 1) * PORTION),
  );
}
