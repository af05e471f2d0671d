import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DomainEvent } from '../events/domain-event.js';
import { EventDispatcher } from '../events/event-dispatcher.js';
import { EventSubscriber } from '../events/event-subscriber.js';
import { SearchIndex } from './search-index.js';
import { SearchSegments } from './search-segments.js';

/** Events are gathered for so long. Nobody waits for it: what the index does not know is compared. */
const GATHER_MS = 250;
/** So long more may come to a segment that is due. */
const SEAL_MS = 500;
const RETRY_MS = 5_000;
/** Other processes get events too, so what is missing is looked up anew after so long. */
const MISSING_MS = 10_000;
const AT_ONCE = 200;

/** So many messages from the first id to the last; there may be others between them. */
interface Sent {
  first: number;
  last: number;
  count: number;
}

/** The messages of an application that a portion of events is about. */
interface Affected {
  sent: Sent[];
  edited: Set<number>;
}

/**
 * Keeps the index in step with the messages, after their commit. When there are enough new ones for a segment, it is
 * made; edited messages are brought to theirs.
 */
@Injectable()
export class SearchIndexer implements EventSubscriber, OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly name = 'message-search';
  readonly gatherMs = GATHER_MS;
  private readonly log = new Logger('Search');
  /** How many messages applications are short of a segment. */
  private readonly missing = new LRUCache<number, number>({ max: 10_000, ttl: MISSING_MS, noUpdateTTL: true });
  private readonly due = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly index: SearchIndex,
    private readonly segments: SearchSegments,
  ) {}

  onModuleInit(): void {
    this.dispatcher.subscribe(this);
  }

  async onApplicationBootstrap(): Promise<void> {
    // Messages from before there was an index, or from a process that ended before it had come to them.
    this.wake(await this.segments.applications());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  async handle(events: readonly DomainEvent[]): Promise<void> {
    const affected = affectedBy(events);
    const ends = await this.segments.ends([...affected.keys()]);
    for (const [applicationId, { sent, edited }] of affected) {
      const end = ends.get(applicationId) ?? 0;
      const changed = [...edited].filter((id) => id <= end);
      // New ones are there already only if they became visible after higher ids had.
      const late = idsUpTo(end, sent);
      const known = late.length === 0 ? new Set() : await this.index.known(applicationId, late);
      changed.push(...late.filter((id) => !known.has(id)));
      for (let at = 0; at < changed.length; at += AT_ONCE)
        await this.segments.refresh(applicationId, changed.slice(at, at + AT_ONCE));
      this.count(
        applicationId,
        sent.reduce((sum, { count }) => sum + count, 0),
      );
    }
  }

  private count(applicationId: number, sent: number): void {
    if (sent === 0) return;
    const missing = (this.missing.get(applicationId) ?? 0) - sent;
    if (missing > 0) this.missing.set(applicationId, missing);
    else this.wake([applicationId]);
  }

  /** These applications may have enough messages for a segment. */
  private wake(applicationIds: readonly number[], after = SEAL_MS): void {
    for (const id of applicationIds) this.due.add(id);
    if (this.due.size === 0 || this.timer || this.running || this.isStopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.running = this.catchUp().then((retryAfter) => {
        this.running = undefined;
        this.wake([], retryAfter);
      });
    }, after).unref();
  }

  /** Answers how long to wait before what is due by then. */
  private async catchUp(): Promise<number> {
    for (const applicationId of this.due) {
      try {
        let missing = await this.segments.missing(applicationId);
        for (; missing === 0 && !this.isStopped; missing = await this.segments.missing(applicationId))
          await this.segments.seal(applicationId);
        this.missing.delete(applicationId);
        this.missing.set(applicationId, missing);
        this.due.delete(applicationId);
      } catch (error) {
        this.log.error(error instanceof Error ? error.stack : String(error));
        return RETRY_MS;
      }
      if (this.isStopped) break;
    }
    return SEAL_MS;
  }
}

function affectedBy(events: readonly DomainEvent[]): Map<number, Affected> {
  const affected = new Map<number, Affected>();
  for (const event of events) {
    const { applicationId, type } = event;
    const isEdit = type === 'message.updated';
    if (!isEdit && type !== 'message.sent' && type !== 'messages.imported') continue;
    let of = affected.get(applicationId);
    if (!of) affected.set(applicationId, (of = { sent: [], edited: new Set() }));
    if (isEdit) of.edited.add(event.subjectId);
    else of.sent.push(sentBy(event));
  }
  return affected;
}

/** The messages that an event is about: one, or those that were written together. */
function sentBy({ subjectId, payload }: DomainEvent): Sent {
  const { firstId, lastId, count } = payload;
  return Number.isSafeInteger(firstId) && Number.isSafeInteger(lastId)
    ? { first: firstId as number, last: lastId as number, count: Number(count) }
    : { first: subjectId, last: subjectId, count: 1 };
}

/** All ids, each once, though what was written to many channels together overlaps. */
function idsUpTo(end: number, sent: readonly Sent[]): number[] {
  const ids: number[] = [];
  let from = 0;
  for (const { first, last } of [...sent].sort((a, b) => a.first - b.first)) {
    for (let id = Math.max(from, first); id <= Math.min(last, end); id++) ids.push(id);
    from = Math.max(from, last + 1);
  }
  return ids;
}
