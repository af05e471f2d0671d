import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DomainEvent } from '../events/domain-event.js';
import { EventDispatcher } from '../events/event-dispatcher.js';
import { EventSubscriber } from '../events/event-subscriber.js';
import type { MessageLinkPreviewProperties } from '../messages/message-link.resource.js';
import { MessageLinks } from '../messages/message-links.js';
import { findLinks } from '../messages/message-text.js';
import { HostGate } from './host-gate.js';
import { FetchedPage, PreviewFetcher } from './preview-fetcher.js';
import { previewOf } from './preview-parser.js';
import { PreviewsRepository, PreviewTaskRow } from './previews.repository.js';

/** Of more links in one message only the first get a preview. */
export const LINKS_A_MESSAGE = 3;
const DEADLINE_MS = 8_000;
const PARALLEL = 8;
/** Longer than the links of a message can take in any case but that of a crowded host. */
const LEASE_MS = 60_000;
const ATTEMPTS_MAX = 3;
const POLL_MS = 5_000;

/**
 * Looks at the links of messages after they have been sent, and gives them previews. Which messages wait is kept in the
 * database, so that none is forgotten if the process ends.
 */
@Injectable()
export class LinkPreviewer implements EventSubscriber, OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly name = 'link-previews';
  readonly gatherMs = 250;
  private readonly log = new Logger('Previews');
  private readonly fetcher: PreviewFetcher;
  private readonly gate = new HostGate();
  /** What is being fetched: whoever wants the same waits for it. */
  private readonly fetching = new Map<string, Promise<MessageLinkPreviewProperties | null>>();
  private readonly stopping = new AbortController();
  private readonly working = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private claiming: Promise<void> | undefined;

  constructor(
    private readonly config: Config,
    private readonly dispatcher: EventDispatcher,
    private readonly previews: PreviewsRepository,
    private readonly links: MessageLinks,
  ) {
    const { ports, allowPrivate } = config.linkPreviews;
    this.fetcher = new PreviewFetcher({ ...(ports && { ports }), allowPrivate, deadlineMs: DEADLINE_MS });
  }

  onModuleInit(): void {
    // Even when it is turned off: what nobody has read is never forgotten.
    this.dispatcher.subscribe(this);
  }

  onApplicationBootstrap(): void {
    if (!this.config.linkPreviews.isOn) return;
    this.timer = setInterval(() => this.wake(), POLL_MS).unref();
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.claiming;
    await Promise.all(this.working);
  }

  async handle(events: readonly DomainEvent[]): Promise<void> {
    if (!this.config.linkPreviews.isOn) return;
    const messages = events.filter(
      ({ type, payload }) =>
        (type === 'message.sent' || type === 'message.updated') &&
        typeof payload.body === 'string' &&
        findLinks(payload.body).some(({ source }) => this.fetcher.allows(source)),
    );
    if (messages.length === 0) return;
    const tasks = messages.map(({ applicationId, subjectId }) => ({ applicationId, messageId: subjectId }));
    await this.previews.addTasks(tasks, Date.now());
    this.wake();
  }

  private wake(): void {
    if (this.claiming || this.stopping.signal.aborted) return;
    this.claiming = this.claim()
      .catch((error: unknown) => this.log.error(error instanceof Error ? error.stack : String(error)))
      .finally(() => (this.claiming = undefined));
  }

  private async claim(): Promise<void> {
    while (this.working.size < PARALLEL && !this.stopping.signal.aborted) {
      const tasks = await this.previews.claim(PARALLEL - this.working.size, Date.now(), LEASE_MS);
      if (tasks.length === 0) return;
      for (const task of tasks) this.begin(task);
    }
  }

  private begin(task: PreviewTaskRow): void {
    const work = this.work(task)
      .catch((error: unknown) => this.log.error(error instanceof Error ? error.stack : String(error)))
      .finally(() => {
        this.working.delete(work);
        this.wake();
      });
    this.working.add(work);
  }

  private async work(task: PreviewTaskRow): Promise<void> {
    const { application_id: applicationId, message_id: messageId } = task;
    if (task.attempts < ATTEMPTS_MAX) {
      const links = await this.links.find(applicationId, messageId);
      const sources = links.filter(({ source, preview }) => !preview && this.fetcher.allows(source));
      const wanted = [...new Set(sources.map(({ source }) => source))].slice(0, LINKS_A_MESSAGE);
      const found = await Promise.all(wanted.map(async (source) => [source, await this.preview(source)] as const));
      // Begun again by the next process.
      if (this.stopping.signal.aborted) return;
      const previews = new Map(found.flatMap(([source, preview]) => (preview ? [[source, preview] as const] : [])));
      await this.links.addPreviews(applicationId, messageId, previews);
    }
    await this.previews.endTask(task);
  }

  /** From the cache or from the web. Null if there is nothing to show, for whatever reason. */
  private async preview(source: string): Promise<MessageLinkPreviewProperties | null> {
    const known = await this.previews.cached(source, Date.now());
    if (known !== undefined) return known;
    let fetching = this.fetching.get(source);
    if (!fetching) {
      fetching = this.fetch(source).finally(() => this.fetching.delete(source));
      this.fetching.set(source, fetching);
    }
    return fetching;
  }

  private async fetch(source: string): Promise<MessageLinkPreviewProperties | null> {
    const { signal } = this.stopping;
    let preview: MessageLinkPreviewProperties | null = null;
    try {
      const page: FetchedPage = await this.gate.pass(new URL(source).host, () => this.fetcher.fetch(source, signal));
      preview = (await previewOf(source, page)) ?? null;
    } catch (error) {
      if (signal.aborted) return null;
      this.log.debug(`${source}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await this.previews.cache(source, preview, Date.now());
    return preview;
  }
}
