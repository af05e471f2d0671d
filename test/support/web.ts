import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';

export type Page = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server of strangers: pages by path, and which paths were asked for. */
export class Web {
  readonly asked: string[] = [];
  /** How many requests were answered at the same time, at most. */
  busiest = 0;
  private busy = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly pages: Map<string, Page>,
  ) {}

  static async start(): Promise<Web> {
    const pages = new Map<string, Page>();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const web = new Web(server, (server.address() as AddressInfo).port, pages);
    server.on('request', (request, response) => {
      web.asked.push(request.url!);
      web.busiest = Math.max(web.busiest, ++web.busy);
      response.once('close', () => web.busy--);
      const page = pages.get(request.url!);
      if (page) page(request, response);
      else response.writeHead(404).end();
    });
    return web;
  }

  /** Puts a page at a path; answers its address. */
  at(path: string, page: Page): string {
    this.pages.set(path, page);
    return this.url(path);
  }

  url(path: string, host = '127.0.0.1'): string {
    return `http://${host}:${this.port}${path}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const html =
  (text: string | Buffer, type = 'text/html; charset=utf-8', more: Record<string, string> = {}): Page =>
  (_, response) =>
    void response.writeHead(200, { 'Content-Type': type, ...more }).end(text);

/** A page that says of itself what previews show. */
export const card = (title: string, more = ''): string =>
  `<!doctype html><html><head><title>Other</title><meta property="og:title" content="${title}"><meta property="og:image" content="/picture.png">${more}</head><body>Text</body></html>`;
