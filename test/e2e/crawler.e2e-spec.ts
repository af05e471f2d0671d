import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseTemplate } from 'url-template';
import { startApp, TestApp } from '../support/app.js';
import { notified } from '../support/notifications.js';
import { DocumentedOperation, documentedOperations, Samples } from '../support/samples.js';

interface Link {
  href: string;
  templated?: boolean;
}

describe('a client that knows nothing but its token, where to start, and the name of a secret of its own', () => {
  let test: TestApp;
  let operations: DocumentedOperation[];
  /** What a GET of each address has answered, in a world that has something for every operation to answer. */
  const visited: Record<string, Map<string, number>> = {};
  const links: Record<string, Link[]> = {};
  /** No list has secrets: whoever has stored one knows where. */
  let known: Record<string, string | number>;
  const STARTS = ['/', '/v1/application', '/application'];

  beforeAll(async () => {
    test = await startApp();
    operations = (await documentedOperations(test.client)).filter(({ method }) => method === 'GET');
    const samples = new Samples(test.client, test.app);
    for (const operation of operations) {
      const { ids } = await samples.of(operation);
      if (operation.id === 'retrieve-user-secret') known = { userId: ids.id!, secretName: ids.name! };
    }
    await notified(test);
    await test.jobsDone();
    for (const start of STARTS) ({ statuses: visited[start], links: links[start] } = await crawl(test, start, known));
  });
  afterAll(() => test.close());

  const pathOf = (address: string): string =>
    new URL(address).pathname
      .replace(/^\/v1\/applications\/[0-9]+(?=$|\/settings$|\/message-read-receipt-summaries$)/, '/application')
      .replace(/^\/v1\/applications\/[0-9]+/, '')
      .replace(/^\/v1(?=\/)/, '');

  it.each(STARTS)('finds from %s on only what answers, or is for sending only', (start) => {
    const failed = [...visited[start]!].filter(([, status]) => ![200, 307, 405].includes(status));
    expect(failed).toEqual([]);
    const sentOnly = [...visited[start]!].filter(([, status]) => status === 405).map(([address]) => pathOf(address));
    for (const path of sentOnly) expect(path).toMatch(/\/(events|keystrokes|display-picture|token)$/);
    expect(sentOnly.length).toBeGreaterThan(0);
  });

  it.each(STARTS)('finds from %s on templates that say that they are', (start) => {
    const isTemplate = ({ href }: Link) => /[{}]/.test(href);
    expect(links[start]!.filter((link) => isTemplate(link) !== (link.templated === true))).toEqual([]);
    expect(links[start]!.filter(isTemplate).length).toBeGreaterThan(0);
  });

  it.each(STARTS)('reaches every kind of resource and every collection from %s on', (start) => {
    const paths = [...visited[start]!.keys()].map(pathOf);
    const unreached = operations
      .filter(({ path }) => {
        const pattern = new RegExp(`^${path.replace(/^\/v1/, '').replace(/\{[^}]+\}/g, '[^/]+')}$`);
        return !paths.some((visitedPath) => pattern.test(visitedPath));
      })
      .map(({ id }) => id);
    expect(unreached).toEqual([]);
  });
});

/** Follows every link and redirect, templates expanded with no more than what is known, and answers the status of each address, and the links. */
async function crawl({ client, url }: TestApp, start: string, known: Record<string, string | number>) {
  const statuses = new Map<string, number>();
  const links: Link[] = [];
  const open = [url + start];
  for (let address = open.pop(); address !== undefined; address = open.pop()) {
    if (statuses.has(address)) continue;
    const { status, headers, body } = await client.get(address);
    statuses.set(address, status);
    if (status === 307) open.push(headers.get('location')!);
    const found = linksIn(body);
    links.push(...found);
    for (const { href, templated } of found) open.push(templated ? parseTemplate(href).expand(known) : href);
  }
  return { statuses, links };
}

/** Every link in an answer, however deep. The OpenAPI document, to which one leads, speaks of links and has none. */
function linksIn(value: unknown): Link[] {
  if (typeof value !== 'object' || value === null || 'openapi' in value) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === '_links' ? Object.values(part as Record<string, Link>) : linksIn(part),
  );
}
