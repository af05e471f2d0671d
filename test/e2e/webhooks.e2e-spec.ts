import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WEBHOOKS_MAX } from '../../src/webhooks/webhooks.service.js';
import { startApp, TestApp } from '../support/app.js';
import { expectRefusal } from '../support/refusals.js';

const URL = 'https://example.invalid/events';

describe('webhooks', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  const create = async (given: Record<string, unknown> = {}) => {
    const { status, body } = await test.client.post('/v1/webhooks', { url: URL, ...given });
    expect([status, status === 200 || body]).toEqual([200, true]);
    return body;
  };

  it('are created with all that was given, or with what is usual', async () => {
    const given = {
      url: `${URL}?a=b`,
      types: ['message.*', 'user.created'],
      description: 'For billing',
      enabled: false,
    };
    const { id, secret, createdTime, _links, ...rest } = await create(given);
    expect(rest).toEqual(given);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Math.abs(Date.parse(createdTime) - Date.now())).toBeLessThan(60_000);
    for (const { href } of Object.values<{ href: string }>(_links))
      expect([href, (await test.client.get(href)).status]).toEqual([href, 200]);
    expect((await test.client.get(`/v1/webhooks/${id}`)).body).toEqual({ ...given, id, createdTime, _links });
    const usual = await create();
    expect([usual.types, usual.enabled, usual.description]).toEqual([['*'], true, undefined]);
    expect(usual.secret).not.toBe(secret);
  });

  it('show their secret only when they get it', async () => {
    const { id, secret } = await create();
    const rotated = (await test.client.post(`/v1/webhooks/${id}/secret`)).body;
    expect(rotated.secret).toMatch(/^whsec_/);
    const others = [
      await test.client.get(`/v1/webhooks/${id}`),
      await test.client.get('/v1/webhooks?size=100'),
      await test.client.patch(`/v1/webhooks/${id}`, { description: 'x' }),
      await test.client.post(`/v1/webhooks/${id}/replay`, { after: 0 }),
      await test.client.get('/v1/events?size=100'),
    ];
    for (const { status, body } of others) {
      expect(status).toBe(200);
      for (const hidden of [secret, rotated.secret]) expect(JSON.stringify(body)).not.toContain(hidden);
    }
    const events = await test.database.query<{ payload: string }>('SELECT payload FROM events');
    expect(events.map(({ payload }) => payload).join()).not.toContain('whsec_');
  });

  it('are changed field by field', async () => {
    const made = await create({ description: 'first', types: ['user.*'] });
    const patch = async (body: unknown) => (await test.client.patch(`/v1/webhooks/${made.id}`, body)).body;
    const { secret: _, ...before } = made;
    expect(await patch({})).toEqual(before);
    expect(await patch({ url: 'http://example.invalid/' })).toEqual({ ...before, url: 'http://example.invalid/' });
    expect(await patch({ types: ['*'], enabled: false })).toMatchObject({ types: ['*'], enabled: false });
    expect((await patch({ description: '' })).description).toBeUndefined();
    expect((await test.client.get(`/v1/webhooks/${made.id}`)).body).toMatchObject({
      url: 'http://example.invalid/',
      types: ['*'],
      enabled: false,
    });
  });

  it('are listed in the order of their creation, page by page', async () => {
    const made = [await create(), await create(), await create()].map(({ id }) => id as number);
    const listed = (await test.client.all('/v1/webhooks?size=2', 'webhooks')).map(({ id }) => id);
    expect(listed.filter((id) => made.includes(id))).toEqual(made);
    expect(listed).toEqual([...listed].sort((a, b) => a - b));
    expect((await test.stranger.all('/v1/webhooks', 'webhooks')).length).toBe(0);
  });

  it('are deleted', async () => {
    const { id } = await create();
    const { status, body } = await test.client.delete(`/v1/webhooks/${id}`);
    expect([status, body.id]).toEqual([200, test.application.applicationId]);
    for (const path of ['', '/deliveries', '/deliveries/1'])
      expect((await test.client.get(`/v1/webhooks/${id}${path}`)).status).toBe(404);
    expect((await test.client.delete(`/v1/webhooks/${id}`)).status).toBe(404);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['no URL', { url: undefined }, ['url']],
    ['another protocol', { url: 'ftp://example.org' }, ['url']],
    ['no absolute URL', { url: '/events' }, ['url']],
    ['no host', { url: 'https://' }, ['url']],
    ['credentials in the URL', { url: 'https://user:secret@example.org/' }, ['url']],
    ['a fragment', { url: 'https://example.org/#x' }, ['url']],
    ['a very long URL', { url: `https://example.org/${'x'.repeat(2048)}` }, ['url']],
    ['unknown types', { types: ['user.created', 'user.creatd', 'mesage.*'] }, ['types[1]', 'types[2]']],
    ['no types', { types: [] }, ['types']],
    ['too many types', { types: Array.from({ length: 51 }, () => '*') }, ['types']],
    ['several at once', { url: 7, types: 'x', enabled: 'yes', nonsense: 1 }, ['nonsense', 'url', 'types', 'enabled']],
  ])('are refused with %s, and nothing is written', async (what, given, fields) => {
    const before = (await test.client.get('/v1/webhooks?size=100')).body;
    const { id } = before._embedded.webhooks[0];
    expectRefusal(what, await test.client.post('/v1/webhooks', { url: URL, ...given }), fields);
    if (given.url !== undefined || given.types !== undefined)
      expectRefusal(what, await test.client.patch(`/v1/webhooks/${id}`, given), fields);
    expect((await test.client.get('/v1/webhooks?size=100')).body).toEqual(before);
  });

  it('refuse orders that mean nothing', async () => {
    const { id } = await create();
    expectRefusal('after', await test.client.post(`/v1/webhooks/${id}/replay`, {}), ['after']);
    expectRefusal('after', await test.client.post(`/v1/webhooks/${id}/replay`, { after: 'x' }), ['after']);
    expectRefusal('overlap', await test.client.post(`/v1/webhooks/${id}/secret`, { overlapSeconds: 604_801 }), [
      'overlapSeconds',
    ]);
    expectRefusal('state', await test.client.get(`/v1/webhooks/${id}/deliveries?state=LOST`), ['state']);
    expect((await test.client.post(`/v1/webhooks/${id}/deliveries/9007199254740000/retry`)).status).toBe(404);
  });

  it('are limited in number, however many are made at once', async () => {
    const made = await Promise.all(
      Array.from({ length: WEBHOOKS_MAX + 5 }, () => test.stranger.post('/v1/webhooks', { url: URL })),
    );
    expect(made.filter(({ status }) => status === 200)).toHaveLength(WEBHOOKS_MAX);
    expectRefusal(
      'one more',
      made.find(({ status }) => status !== 200)!,
      ['url'],
    );
    expect(await test.stranger.all('/v1/webhooks', 'webhooks')).toHaveLength(WEBHOOKS_MAX);
  });
});
