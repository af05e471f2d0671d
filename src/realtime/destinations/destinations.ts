import { Injectable, OnModuleInit } from '@nestjs/common';
import { DeclaredMethods } from './declared-methods.js';
import {
  ActionCall,
  ActionOptions,
  ACTIONS,
  Call,
  Declared,
  RelayCall,
  RelayOptions,
  RELAYS,
  TopicOptions,
  TOPICS,
} from './handlers.js';

export interface RelayHandler extends RelayOptions {
  handle(call: RelayCall): unknown;
}

export interface ActionHandler extends ActionOptions {
  handle(call: ActionCall): unknown;
}

export interface TopicHandler {
  handle(call: Call): unknown;
}

/** Everything that clients can read, do or listen to, by pattern. */
@Injectable()
export class Destinations implements OnModuleInit {
  readonly relays = new Map<string, RelayHandler>();
  readonly actions = new Map<string, ActionHandler>();
  readonly topics = new Map<string, TopicHandler>();

  constructor(private readonly methods: DeclaredMethods) {}

  onModuleInit(): void {
    for (const { declaration, call } of this.methods.with<Declared<RelayOptions>>(RELAYS))
      add(this.relays, declaration.pattern, { ...declaration.options, handle: call });
    for (const { declaration, call } of this.methods.with<Declared<ActionOptions>>(ACTIONS))
      add(this.actions, declaration.pattern, { ...declaration.options, handle: call });
    for (const { declaration, call } of this.methods.with<Declared<TopicOptions>>(TOPICS))
      for (const name of ['', ...declaration.options.keys.map((key) => `.${key}`)])
        add(this.topics, declaration.pattern + name, { handle: call });
  }
}

function add<Handler>(handlers: Map<string, Handler>, pattern: string, handler: Handler): void {
  if (handlers.has(pattern)) throw new Error(`There are two handlers of ${pattern}`);
  handlers.set(pattern, handler);
}
