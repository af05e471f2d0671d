import { LookupFunction } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FetcherOptions, PreviewFetcher } from '../../src/previews/preview-fetcher.js';
import { previewOf } from '../../src/previews/preview-parser.js';
import { card, html, Page, Web } from '../support/web.js';

describe('fetching pages that strangers name', () => {
  let web: Web;
  beforeAll(async () => {
    web = await Web.start();
  });
  afterAll(() => web.close());

  const NAMES: Record<string, string> = {
    'public.test': '127.0.0.1',
    'private.test': '10.1.2.3',
    'inner.test': '127.0.0.2',
  };
  const lookup = ((name: string, options: { all?: boolean }, done: (...args: unknown[]) => void) => {
    const address = NAMES[name] ?? '192.168.0.1';
    if (options.all) done(null, [{ address, family: 4 }]);
    else done(null, address, 4);
  }) as LookupFunction;
  // One private address stands for the public internet; all others are private.
  const fetcher = (more: Partial<FetcherOptions> = {}) =>
    new PreviewFetcher({ allowPrivate: false, allowedAddresses: ['127.0.0.1'], deadlineMs: 3_000, lookup, ...more });
  const page = (path: string, content: Page) => {
    web.at(path, content);
    return web.url(path, 'public.test');
  };
  const redirect =
    (to: string): Page =>
    (_, response) =>
      void response.writeHead(302, { Location: to }).end();
  const titleAt = async (url: string, more: Partial<FetcherOptions> = {}) =>
    (await previewOf(url, await fetcher(more).fetch(url)))?.title;

  it('reads a page, and follows redirects to it', async () => {
    page('/page', html(card('A page')));
    expect(await titleAt(page('/to-page', redirect('/page')))).toBe('A page');
  });

  describe('never calls a private address', () => {
    const seen = () => web.asked.filter((path) => path === '/secret').length;
    const secret = () => web.at('/secret', html(card('Secret')));

    it.each([
      ['an address', () => web.url('/secret', '127.0.0.2')],
      ['a decimal address', () => web.url('/secret', '2130706434')],
      ['an octal address', () => web.url('/secret', '0177.0.0.2')],
      ['a short address', () => web.url('/secret', '127.2')],
      ['an address of version 6', () => web.url('/secret', '[::1]')],
      ['a mapped address', () => web.url('/secret', '[::ffff:127.0.0.2]')],
      ['no address', () => web.url('/secret', '0.0.0.0')],
      ['the address of metadata', () => 'http://169.254.169.254/latest/meta-data'],
      ['a name', () => web.url('/secret', 'inner.test')],
      ['a name of a private network', () => web.url('/secret', 'private.test')],
    ])('by %s, asked for or redirected to', async (_, target) => {
      secret();
      const before = seen();
      await expect(fetcher().fetch(target())).rejects.toThrow(/not allowed/);
      await expect(fetcher().fetch(page('/away', redirect(target())))).rejects.toThrow(/not allowed/);
      expect(seen()).toBe(before);
    });

    it('unless that is allowed', async () => {
      secret();
      expect(await titleAt(web.url('/secret', '127.0.0.2'), { allowPrivate: true })).toBe('Secret');
    });
  });

  it.each(['ftp://public.test/', 'file:///etc/passwd', 'http://name:word@public.test/', 'http://public.test:22/'])(
    'does not call %s',
    async (url) => {
      const strict = fetcher({ ports: [80, 443, web.port] });
      expect(strict.allows(url)).toBe(false);
      await expect(strict.fetch(url)).rejects.toThrow();
      await expect(strict.fetch(page('/elsewhere', redirect(url)))).rejects.toThrow(/is not fetched|credentials|port/);
    },
  );

  it('gives up on redirects without end', async () => {
    await expect(fetcher().fetch(page('/round', redirect('/round')))).rejects.toThrow(/redirects more than/);
    await expect(fetcher().fetch(page('/nowhere', redirect('http://')))).rejects.toThrow(/no address/);
  });

  it('reads only the beginning of a body without end', async () => {
    let sent = 0;
    const url = page('/endless', (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).write(card('Endless'));
      const more = Buffer.alloc(65_536, 'x');
      const write = () => {
        while (!response.destroyed && response.write(more)) sent += more.length;
      };
      response.on('drain', write);
      write();
    });
    const { html: text } = await fetcher().fetch(url);
    expect(text.length).toBe(512 * 1024);
    expect(sent).toBeLessThan(50_000_000);
  });

  it('reads only the beginning of what is packed small', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(card('Packed')), Buffer.alloc(100_000_000)]));
    const url = page('/bomb', html(bomb, 'text/html', { 'Content-Encoding': 'gzip' }));
    const { html: text } = await fetcher().fetch(url);
    expect(text.length).toBe(512 * 1024);
    expect(await titleAt(url)).toBe('Packed');
  });

  it.each<[string, Page]>([
    ['headers', () => undefined],
    [
      'a body',
      (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' });
        const timer = setInterval(() => response.write('<'), 20);
        response.once('close', () => clearInterval(timer));
      },
    ],
  ])('does not wait longer than it should for %s', async (what, content) => {
    const before = Date.now();
    await expect(fetcher({ deadlineMs: 300 }).fetch(page(`/slow-${what.length}`, content))).rejects.toThrow();
    expect(Date.now() - before).toBeLessThan(2_500);
  });

  it.each<[string, Page]>([
    ['another type', html('{}', 'application/json')],
    ['no type', html('', '')],
    ['a failure', (_, response) => void response.writeHead(500, { 'Content-Type': 'text/html' }).end(card('Failed'))],
    ['a strange packing', html(card('Strange'), 'text/html', { 'Content-Encoding': 'zip' })],
    ['a broken packing', html('no gzip', 'text/html', { 'Content-Encoding': 'gzip' })],
    ['a broken connection', (request) => void request.socket.destroy()],
    ['too long headers', html('', 'text/html', { 'X-Long': 'x'.repeat(50_000) })],
  ])('takes nothing from %s', async (what, content) => {
    await expect(fetcher().fetch(page(`/${what.replaceAll(' ', '-')}`, content))).rejects.toThrow();
  });

  it('reads other character sets, and unknown ones as UTF-8', async () => {
    const latin = Buffer.from(card('Caf\u00e9'), 'latin1');
    expect(await titleAt(page('/latin', html(latin, 'text/html; charset=iso-8859-1')))).toBe('Café');
    const named = Buffer.from(`<meta charset="windows-1252">${card('Caf\u00e9')}`, 'latin1');
    expect(await titleAt(page('/named', html(named, 'text/html')))).toBe('Café');
    expect(await titleAt(page('/unknown', html(card('Café'), 'text/html; charset=no-such-set')))).toBe('Café');
    expect(await titleAt(page('/broken', html(latin, 'text/html; charset=utf-8')))).toBe('Caf\ufffd');
  });
});

describe('what a page says about itself', () => {
  const of = (text: string, url = 'https://example.org/a/b') =>
    previewOf('https://example.org/link', { html: text, url });

  it('is what a preview has', async () => {
    const more =
      '<meta property="og:description" content="About &amp; more"><meta property="og:site_name" content="Example">';
    expect(await of(card('A title', more))).toEqual({
      url: 'https://example.org/link',
      title: 'A title',
      image: { source: 'https://example.org/picture.png' },
      description: 'About & more',
      siteName: 'Example',
    });
  });

  it('is nothing without a title or a picture', async () => {
    expect(await of('<title>Only a title</title>')).toBeUndefined();
    expect(await of('<meta property="og:image" content="https://example.org/p.png">')).toBeUndefined();
    expect(await of(card('Title').replace('/picture.png', 'javascript:alert(1)'))).toBeUndefined();
    for (const text of ['', '   ', 'no page', '<', '\u0000']) expect(await of(text)).toBeUndefined();
  });

  it('is text, whatever it looks like', async () => {
    const preview = await of(card('&lt;script&gt;alert(1)&lt;/script&gt;\n\u0007 x'));
    expect(preview!.title).toBe('<script>alert(1)</script> x');
  });

  it('has no more than fits', async () => {
    const preview = await of(
      card('😀'.repeat(20_000), `<meta property="og:description" content="${'y'.repeat(50_000)}">`),
    );
    expect([...preview!.title]).toHaveLength(300);
    expect(preview!.title.endsWith('😀…')).toBe(true);
    expect(preview!.description).toHaveLength(1_000);
  });
});
