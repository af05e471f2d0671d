import { Answer } from '../../hal/answer.js';
import { ResourceClass } from '../../resource/registry.js';
import { Caller } from '../connections/caller.js';

/** Who asks, and for which of the things that the pattern names. */
export interface Call extends Caller {
  /** In their order; none of those patterns that have none. */
  readonly ids: readonly [number, ...number[]];
}

export interface RelayCall<Query = unknown> extends Call {
  /** The parameters of the address and the headers beside it, as an instance of the declared class. */
  readonly query: Query;
}

export interface ActionCall<Body = unknown> extends Call {
  /** An instance of the declared class, or what was sent. */
  readonly body: Body;
}

export interface RelayOptions {
  answer: Answer;
  query?: ResourceClass;
}

export interface ActionOptions {
  /**
   * What is understood of the body; what it has besides is ignored, since clients send whole resources back. Without, the
   * method gets the body as it was sent.
   */
  body?: ResourceClass;
  /**
   * What tells the caller that it is done: an event on one of the caller's own topics with what the handler returns.
   * Without, it is a receipt. The same event from the log reaches the caller's other connections only.
   */
  answer?: ActionAnswer;
}

export interface ActionAnswer {
  /** The key of the topic: `messages`. */
  topic: string;
  type: string;
  resource: ResourceClass;
}

/** What a handler returns whose answer is of another type than declared. */
export class Typed {
  constructor(
    readonly type: string,
    readonly value: unknown,
  ) {}
}

export interface Declared<Options> {
  pattern: string;
  options: Options;
}

export const RELAYS = Symbol('relays');
export const ACTIONS = Symbol('actions');

/**
 * Answers whoever reads `pattern`, such as `channels/{id}.messages`. The method gets a {@link RelayCall}, and returns
 * what a REST handler with this answer returns; undefined stands for null. It asks the services that REST asks, which
 * know who may do what.
 */
export function Relay(pattern: string, options: RelayOptions): MethodDecorator {
  return (_target, _name, descriptor) => {
    const declared: Declared<RelayOptions> = { pattern, options };
    Reflect.defineMetadata(RELAYS, declared, descriptor.value as object);
  };
}

/** Does what a SEND to `pattern`, such as `channels/{id}.message`, asks for. The method gets an {@link ActionCall}. */
export function Action(pattern: string, options: ActionOptions = {}): MethodDecorator {
  return (_target, _name, descriptor) => {
    const declared: Declared<ActionOptions> = { pattern, options };
    Reflect.defineMetadata(ACTIONS, declared, descriptor.value as object);
  };
}

export interface TopicOptions {
  /** Beside the thing itself: `messages` is `channels/7.messages`. */
  keys: readonly string[];
}

export const TOPICS = Symbol('topics');

/**
 * Lets callers listen to what concerns one thing, such as `channels/{id}`, unless the method throws. It gets a
 * {@link Call}. Of a thing inside a channel it answers the id of that: who leaves the channel hears no more of it.
 */
export function Topic(pattern: string, keys: readonly string[]): MethodDecorator {
  return (_target, _name, descriptor) => {
    const declared: Declared<TopicOptions> = { pattern, options: { keys } };
    Reflect.defineMetadata(TOPICS, declared, descriptor.value as object);
  };
}
