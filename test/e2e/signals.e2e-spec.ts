import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainEvent, TRANSIENT_EVENT_TYPES } from '../../src/events/domain-event.js';
import { EventDispatcher } from '../../src/events/event-dispatcher.js';
import { Retention } from '../../src/operations/retention.js';
import { SignalsService } from '../../src/signals/signals.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';
import { until } from '../support/wait.js';

const MINUTE = 60_000;

describe('signals', () => {
  let test: TestApp;
  let ann: MadeUser;
  let outsider: MadeUser;
  let channel: MadeChannel;
  let message: MadeMessage;
  let delivered: DomainEvent[];
  beforeAll(async () => {
    test = await startApp();
    [ann, outsider] = (await test.make.users(2)) as [MadeUser, MadeUser];
    channel = await test.make.channel({ members: [ann] });
    message = await test.make.message(channel, 'Said', ann);
    delivered = [];
    test.app.get(EventDispatcher).subscribe({
      name: 'signals-test',
      handle: async (events) => void delivered.push(...events),
    });
    await until('the reader begins', async () => {
      const found = await test.database.query("SELECT 1 FROM event_positions WHERE subscriber = 'signals-test'");
      return found.length === 1;
    });
  });
  afterAll(() => test.close());

  const sendEvent = (body: unknown) => test.client.post(`/v1/channels/${channel.id}/events`, body);
  const type = (body: unknown) => test.client.post(`/v1/channels/${channel.id}/keystrokes`, body);
  const ofType = (wanted: string) => delivered.filter((event) => event.type === wanted);
  const reader = { id: () => ({ id: ann.id }), username: () => ({ username: ann.name }) };
  const stored = async () =>
    (await test.database.query<{ type: string }>('SELECT type FROM events')).filter((event) =>
      (TRANSIENT_EVENT_TYPES as readonly string[]).includes(event.type),
    ).length;

  it('of a tenant are answered as they were sent, and delivered', async () => {
    const event = { type: 'My Custom Event', properties: { payload: 'Boom!', favoriteNumber: 42, none: null } };
    const { status, body } = await sendEvent(event);
    expect(status).toBe(200);
    expect(body).toEqual({ ...event, _links: { application: { href: expect.any(String) } } });
    await until('the event is delivered', () => ofType('channel.event_sent').length === 1);
    expect(ofType('channel.event_sent')).toMatchObject([
      { applicationId: test.application.applicationId, channelId: channel.id, payload: { ...event, userId: null } },
    ]);
  });

  it('may come from a member, who is shown', async () => {
    const { applicationId } = test.application;
    const [signals, users] = [test.app.get(SignalsService), test.app.get(UsersService)];
    const event = { type: 'wave', properties: {} };
    const sent = await signals.sendEvent(applicationId, channel.id, event, await users.retrieve(applicationId, ann.id));
    expect(sent).toMatchObject({ type: 'wave', user: { id: ann.id } });
    const refused = signals.sendEvent(
      applicationId,
      channel.id,
      event,
      await users.retrieve(applicationId, outsider.id),
    );
    await expect(refused).rejects.toMatchObject({ status: 400 });
  });

  it('reach direct channels too', async () => {
    const direct = await test.make.channel({ type: 'DIRECT', members: [ann, outsider] });
    const { status } = await test.client.post(`/v1/channels/${direct.id}/events`, { type: 'wave', properties: {} });
    expect(status).toBe(200);
  });

  it.each([
    ['nothing', {}, ['type', 'properties']],
    ['no type', { properties: {} }, ['type']],
    ['an empty type', { type: '', properties: {} }, ['type']],
    ['a long type', { type: 'x'.repeat(256), properties: {} }, ['type']],
    ['no properties', { type: 'x' }, ['properties']],
    ['properties that are no object', { type: 'x', properties: [1] }, ['properties']],
    ['properties that are too large', { type: 'x', properties: { a: 'x'.repeat(65_536) } }, ['properties']],
  ])('of a tenant with %s are refused', async (_, body, fields) => {
    const before = await stored();
    const answer = await sendEvent(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
    expect(await stored()).toBe(before);
  });

  it.each(['id', 'username'] as const)('of somebody who types, named by %s, are delivered', async (name) => {
    const before = ofType('keystrokes.sent').length;
    const { status, body } = await type({ keys: 'Hel', user: reader[name]() });
    expect(status).toBe(200);
    expect(body).toMatchObject({ keys: 'Hel', username: ann.name });
    expect((await test.client.get(body._links.user.href as string)).body.id).toBe(ann.id);
    const thread = (await test.client.get(body._links.thread.href as string)).body;
    expect(thread.type).toBe('MAIN');
    await until('they are delivered', () => ofType('keystrokes.sent').length === before + 1);
    expect(ofType('keystrokes.sent').at(-1)).toMatchObject({
      channelId: channel.id,
      subjectId: ann.id,
      payload: { threadId: thread.id, username: ann.name, keys: 'Hel' },
    });
  });

  it('of somebody who replies belong to the thread', async () => {
    const path = (await test.client.get(`/v1/threads/${message.id}`)).body._links.keystrokes.href as string;
    const { status, body } = await test.client.post(path, { keys: '', user: { id: ann.id } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ keys: '', username: ann.name });
    await until('they are delivered', () => ofType('keystrokes.sent').at(-1)?.payload.threadId === message.id);
    expect(ofType('keystrokes.sent').at(-1)).toMatchObject({
      channelId: channel.id,
      payload: { threadId: message.id, keys: '' },
    });
  });

  it('of those who type are refused for who is no member, or nobody', async () => {
    for (const path of [`channels/${channel.id}`, `threads/${message.id}`]) {
      const send = (body: unknown) => test.client.post(`/v1/${path}/keystrokes`, body);
      const stranger = await send({ keys: 'a', user: { id: outsider.id } });
      expect(stranger.status).toBe(400);
      expect(stranger.body.errors).toMatchObject([{ resource: 'Keystrokes', field: 'user', code: 'unprocessable' }]);
      const nobody = await send({ keys: 'a', user: { username: 'nobody at all' } });
      expect(nobody.status).toBe(404);
      expect(nobody.body.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
      for (const [body, fields] of [
        [{}, ['keys', 'user']],
        [{ keys: 7, user: { id: ann.id } }, ['keys']],
        [{ keys: 'x'.repeat(65_536), user: { id: ann.id } }, ['keys']],
        [{ keys: 'a', user: {} }, ['user']],
      ] as const) {
        const answer = await send(body);
        expect(answer.status).toBe(400);
        expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
      }
    }
  });

  it('are not sent where there is nothing, or by another tenant', async () => {
    const user = { id: ann.id };
    for (const [client, id, thread] of [
      [test.client, 999_999_999, 999_999_999],
      [test.stranger, channel.id, message.id],
    ] as const)
      for (const { status } of [
        await client.post(`/v1/channels/${id}/events`, { type: 'x', properties: {} }),
        await client.post(`/v1/channels/${id}/keystrokes`, { keys: 'a', user }),
        await client.post(`/v1/threads/${thread}/keystrokes`, { keys: 'a', user }),
      ])
        expect(status).toBe(404);
  });

  it('are forgotten after a minute, when everybody has read them, and nothing else is', async () => {
    const retention = test.app.get(Retention);
    await type({ keys: 'a', user: { id: ann.id } });
    const kept = await test.database.query('SELECT 1 FROM events');
    await retention.clean();
    expect(await test.database.query('SELECT 1 FROM events')).toHaveLength(kept.length);
    const count = await stored();
    expect(count).toBeGreaterThan(0);
    // A reader that has read nothing yet.
    await test.database.execute(
      "INSERT INTO event_positions (subscriber, position, gaps, leased_until) VALUES ('slow', 0, '[]', 0)",
    );
    await retention.clean(Date.now() + 2 * MINUTE);
    expect(await stored()).toBe(count);
    await test.database.execute("DELETE FROM event_positions WHERE subscriber = 'slow'");
    await until('they are forgotten', async () => {
      await retention.clean(Date.now() + 2 * MINUTE);
      return (await stored()) === 0;
    });
    expect(await test.database.query('SELECT 1 FROM events')).toHaveLength(kept.length - count);
    // What comes later is found as well.
    await type({ keys: 'b', user: { id: ann.id } });
    expect(await stored()).toBe(1);
    await until('they are forgotten', async () => {
      await retention.clean(Date.now() + 2 * MINUTE);
      return (await stored()) === 0;
    });
  });
});
