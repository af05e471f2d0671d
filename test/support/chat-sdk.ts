import { createRequire } from 'node:module';
import { WebSocket } from 'ws';
import { TestApp } from './app.js';

/** The published chat SDK, as apps of end users have it. It ships no types that a strict compiler takes. */
export type ChatSdk = any;

const require = createRequire(import.meta.url);

/** The SDK takes the WebSocket of its environment, which in older versions of Node has none. */
export function chatSdk({ url, application }: TestApp): ChatSdk {
  (globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket;
  const { default: ChatKitty } = require('chatkitty-chat-sdk') as { default: new (options: object) => ChatSdk };
  return new ChatKitty({ apiKey: application.key, host: new URL(url).host, isSecure: false });
}
