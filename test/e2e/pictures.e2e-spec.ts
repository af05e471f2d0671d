import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';

describe('pictures', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  /** Asks as a browser does: without a token. */
  const picture = async (text: string) => {
    const response = await fetch(text.startsWith('http') ? text : `${test.url}/v1/picture/${text}`);
    return { status: response.status, headers: response.headers, svg: await response.text() };
  };
  const initialsIn = (svg: string) => />([^<>]*)<\/text>/.exec(svg)?.[1];

  it('show initials to everybody', async () => {
    const { status, headers, svg } = await picture('Ada+Lovelace');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toContain('public');
    expect(svg).toMatch(/^<svg [^]*<\/svg>$/);
    expect(initialsIn(svg)).toBe('AL');
  });

  it('are always the same for the same text, and differ by text', async () => {
    const [first, again, spelled, other] = await Promise.all(
      ['Ada+Lovelace', 'Ada+Lovelace', 'Ada%20Lovelace', 'Grace+Hopper'].map(picture),
    );
    expect(again!.svg).toBe(first!.svg);
    expect(spelled!.svg).toBe(first!.svg);
    expect(other!.svg).not.toBe(first!.svg);
  });

  it.each([
    'Ada',
    'ada@example.org',
    'C++ & C#',
    'A/B?c=d#e',
    '100% <b>"bold"</b>',
    'é'.repeat(255),
    '佐'.repeat(255),
    '😀 😎',
    '\u0001\u0002',
    '%2F..%2F',
    '..a',
    'مرحبا',
  ])('are where the user %s says that theirs is', async (displayName) => {
    const { displayPictureUrl } = (await test.make.user({ displayName })) as unknown as { displayPictureUrl: string };
    const { status, headers, svg } = await picture(displayPictureUrl);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(svg).toMatch(/^<svg /);
    // eslint-disable-next-line no-control-regex -- XML allows none of these
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    '< >',
    '& &',
    '&lt; &#60;',
  ])('have no markup of %s', async (text) => {
    const { status, svg } = await picture(encodeURIComponent(text));
    expect(status).toBe(200);
    expect(svg).not.toMatch(/<(script|img)|onerror|onload|alert/);
    expect(initialsIn(svg)).toMatch(/^(&(lt|gt|amp|quot|apos|#\d+);|[^<>&"'])*$/);
  });

  it('are drawn from the beginning of a long text', async () => {
    const long = await picture(`Ada+${'x'.repeat(3_000)}`);
    expect(long.status).toBe(200);
    expect(initialsIn(long.svg)).toBe('AX');
  });

  it.each(['%ZZ', '%', '%ff', '%ed%a0%80'])('are refused for the broken escape %s', async (text) => {
    const response = await fetch(`${test.url}/v1/picture/${text}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'ClientError' });
  });

  it('are not there without a text, and only to be looked at', async () => {
    expect((await picture('')).status).toBe(404);
    const { status, headers } = await test.client.post('/v1/picture/Ada', {});
    expect(status).toBe(405);
    expect(headers.get('allow')).toContain('GET');
  });
});
