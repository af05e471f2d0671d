import { DomainEvent } from './domain-event.js';

/**
 * Something that reacts to changes. It gets every event of every application, those of a channel in their order. An
 * event comes again if the process dies before its position is stored, so reactions must bear repetition.
 */
export interface EventSubscriber {
  /** Names its position in the log. Never to be changed. */
  readonly name: string;
  /** How long new events may gather before they are read, in milliseconds: fewer reads for whoever need not be quick. */
  readonly gatherMs?: number | undefined;
  /**
   * May take long. When the process is to end, `stopping` says so: who throws its reason gets the same events again
   * elsewhere.
   */
  handle(events: readonly DomainEvent[], stopping: AbortSignal): Promise<void>;
}
