import http from 'node:http';
import https from 'node:https';
import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { Config } from '../config/config.js';

const TIMEOUT_MS = 10_000;
/** What an endpoint answers is of no interest; so much is read so that the connection can be used again. */
const ANSWER_MAX_BYTES = 65_536;

/** How an attempt went: with an answer, or with what kept it from coming. */
export interface Attempt {
  status: number | null;
  error: string | null;
}

/** Posts to the endpoints of tenants. Whatever they answer, it throws nothing. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  private readonly agents: { 'http:': http.Agent; 'https:': https.Agent };

  constructor({ webhooksAllowPrivate }: Config) {
    // Addresses are looked at after names have been resolved, at each connection.
    const options = {
      keepAlive: true,
      allowPrivateIPAddress: webhooksAllowPrivate,
      allowMetaIPAddress: webhooksAllowPrivate,
    };
    this.agents = {
      'http:': new RequestFilteringHttpAgent(options),
      'https:': new RequestFilteringHttpsAgent(options),
    };
  }

  onApplicationShutdown(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  async send(url: string, headers: Record<string, string>, body: string, stop: AbortSignal): Promise<Attempt> {
    try {
      const status = await this.post(url, headers, body, stop);
      if (status >= 200 && status < 300) return { status, error: null };
      const isRedirect = status >= 300 && status < 400;
      return { status, error: `answered ${status}${isRedirect ? '; redirects are not followed' : ''}` };
    } catch (error) {
      return { status: null, error: explained(error) };
    }
  }

  private async post(url: string, headers: Record<string, string>, body: string, stop: AbortSignal): Promise<number> {
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), stop]);
    for (;;) {
      const { request, status } = this.request(new URL(url), headers, body, signal);
      try {
        return await status;
      } catch (error) {
        // The other side may have closed a connection just when it was to be used once more.
        const isStale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        if (!isStale || signal.aborted) throw error;
      }
    }
  }

  private request(url: URL, headers: Record<string, string>, body: string, signal: AbortSignal) {
    const isSecure = url.protocol === 'https:';
    const request = (isSecure ? https : http).request(url, {
      method: 'POST',
      agent: this.agents[isSecure ? 'https:' : 'http:'],
      signal,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'chat-platform-server',
        ...headers,
      },
    });
    const status = new Promise<number>((resolve, reject) => {
      request.once('response', (response) => {
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > ANSWER_MAX_BYTES) response.destroy();
        });
        response.on('error', () => undefined);
        resolve(response.statusCode!);
      });
      request.on('error', reject);
    });
    request.end(body);
    return { request, status };
  }
}

const CODES: Record<string, string> = {
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed without an answer',
  ETIMEDOUT: 'the host could not be reached in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network of the host cannot be reached',
};

/** Says what went wrong without a word of addresses: a tenant is not to learn about the network of this server. */
function explained(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || name === 'AbortError') return `did not answer within ${TIMEOUT_MS / 1000} seconds`;
  if (/is not allowed\. Because/.test(message)) return 'the address of the host is not a public one';
  if (code === undefined) return 'could not be asked';
  return CODES[code] ?? `failed with ${code}`.slice(0, 255);
}
