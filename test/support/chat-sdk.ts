import { createRequire } from 'node:module';
import { WebSocket } from 'ws';

/** A published chat SDK, as apps of end users have it. They ship no types that a strict compiler takes. */
export type ChatSdk = any;

/** Where an app connects to. */
export interface ChatServer {
  url: string;
  application: { key: string };
}

const require = createRequire(import.meta.url);
const environment = globalThis as { WebSocket?: unknown };

/** The SDK that is in use most. It takes the WebSocket of its environment when it connects; Node 20 has none. */
export function chatSdk({ url, application }: ChatServer): ChatSdk {
  environment.WebSocket = WebSocket;
  const { default: ChatKitty } = require('chatkitty-chat-sdk') as { default: new (options: object) => ChatSdk };
  return new ChatKitty({ apiKey: application.key, host: new URL(url).host, isSecure: false });
}

/** Runs `work` as if the environment had no WebSocket: the SDK falls back to SockJS. */
export async function withoutWebSocket<T>(work: () => Promise<T>): Promise<T> {
  environment.WebSocket = undefined;
  try {
    return await work();
  } finally {
    environment.WebSocket = WebSocket;
  }
}

/** A refused SDK waits a minute for the connection that it was denied, which nobody else has to wait for. */
export async function refused(start: () => Promise<ChatSdk>): Promise<ChatSdk> {
  const { setTimeout: original } = globalThis;
  const unreferenced = (...given: Parameters<typeof original>) => original(...given).unref();
  globalThis.setTimeout = Object.assign(unreferenced, original);
  try {
    return await start();
  } finally {
    globalThis.setTimeout = original;
  }
}

/** The SDK that succeeded it. */
export async function coreSdk({ url, application }: ChatServer): Promise<ChatSdk> {
  environment.WebSocket = WebSocket;
  const { getSdkClient } = await import('@chatkitty/core');
  return getSdkClient(application.key, { $environment: { host: new URL(url).host, secure: false } as never });
}
