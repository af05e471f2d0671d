import { startApp, TestApp } from './app.js';
import { ServerGroup } from './server-group.js';

/** What apps and back-ends talk to, however many processes that are. */
export interface ChatServers extends Pick<TestApp, 'url' | 'client' | 'stranger' | 'make' | 'close'> {
  application: { applicationId: number; key: string };
  /** Of all processes. */
  urls: string[];
}

/**
 * Starts a server in this process; or several where there is a Redis to test with, among which apps and requests go round:
 * each to another one than the one before.
 */
export async function startServers(environment: Record<string, string> = {}): Promise<ChatServers> {
  if (process.env.TEST_REDIS_URL) return ServerGroup.start(environment);
  const test = await startApp(environment);
  return { ...test, urls: [test.url] };
}
