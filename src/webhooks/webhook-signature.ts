import { createHmac } from 'node:crypto';
import { SECRET_PREFIX } from './webhook-secret.js';

/** The headers of the Standard Webhooks scheme. Each secret gives a signature; a receiver needs to know one of them. */
export function signedHeaders(
  id: string,
  time: number,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(time / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
