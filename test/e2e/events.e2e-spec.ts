import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { DomainEventType } from '../../src/events/domain-event.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';

interface Written {
  application_id: number;
  channel_id: number | null;
  type: string;
  subject_id: number;
}

describe('every change', () => {
  let test: TestApp;
  let applicationId: number;
  let ann: MadeUser;
  let bob: MadeUser;
  let channel: MadeChannel;
  let message: MadeMessage;
  beforeAll(async () => {
    test = await startApp();
    applicationId = test.application.applicationId;
    ann = await test.make.user({ name: 'ann' });
    bob = await test.make.user({ name: 'bob' });
    channel = await test.make.channel({ name: 'general', members: [ann] });
    message = await test.make.message(channel, 'first', ann);
  });
  afterAll(() => test.close());

  /** What the work wrote into the log. */
  const written = async (work: () => Promise<unknown>): Promise<Written[]> => {
    const [last] = await test.database.query<{ id: number | null }>('SELECT MAX(id) AS id FROM events');
    await work();
    return test.database.query<Written>(
      'SELECT application_id, channel_id, type, subject_id FROM events WHERE id > ? ORDER BY id',
      [last?.id ?? 0],
    );
  };
  const ok = async (answer: ReturnType<TestApp['client']['get']>) => {
    const { status, body } = await answer;
    expect([status, status === 200 || body]).toEqual([200, true]);
    return body;
  };
  const event = (type: DomainEventType, subject_id: number, channel_id: number | null = null): Written => ({
    application_id: applicationId,
    channel_id,
    type,
    subject_id,
  });
  const text = (body: string) => ({ type: 'TEXT', body });

  it('of an application is written', async () => {
    const { client } = test;
    const settings = { guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' };
    expect(await written(() => ok(client.put('/v1/application/settings', settings)))).toEqual([
      event('application.settings_updated', applicationId),
    ]);
    let id = 0;
    const created = await written(async () => {
      id = (await test.app.get(ApplicationsService).create('Third')).applicationId;
    });
    expect(created).toEqual([{ ...event('application.created', id), application_id: id }]);
    const deleted = await written(async () => {
      const { body } = await test.stranger.get('/v1/application');
      id = body.id as number;
      await ok(test.stranger.delete(`/v1/application?confirm=${body.key}`));
    });
    expect(deleted).toEqual([{ ...event('application.deleted', id), application_id: id }]);
  });

  it('of a user is written', async () => {
    const { client } = test;
    let id = 0;
    const created = await written(async () => {
      id = (await test.make.user()).id;
    });
    expect(created).toEqual([event('user.created', id)]);
    expect(await written(() => ok(client.patch(`/v1/users/${id}`, { displayName: 'Other' })))).toEqual([
      event('user.updated', id),
    ]);
    const deletion = async () => {
      await ok(client.delete(`/v1/users/${id}`));
      await test.jobsDone();
    };
    expect(await written(deletion)).toEqual([event('user.deleted', id)]);
  });

  it.each(['PUBLIC', 'PRIVATE', 'DIRECT'])('of a %s channel is written', async (type) => {
    const { client } = test;
    let id = 0;
    const created = await written(async () => {
      id = (await test.make.channel({ type, members: [ann, bob] })).id;
    });
    expect(created).toEqual([event('channel.created', id, id)]);
    expect(await written(() => ok(client.patch(`/v1/channels/${id}`, { properties: { a: 1 } })))).toEqual([
      event('channel.updated', id, id),
    ]);
    await test.make.message({ id }, 'x', ann);
    const deletion = async () => {
      await ok(client.delete(`/v1/channels/${id}`));
      await test.jobsDone();
    };
    expect(await written(deletion)).toEqual([event('channel.deleted', id, id)]);
  });

  it('of members is written', async () => {
    const members = `/v1/channels/${channel.id}/members`;
    expect(await written(() => ok(test.client.post(members, { username: 'bob' })))).toEqual([
      event('channel.member_added', bob.id, channel.id),
    ]);
    expect(await written(() => ok(test.client.delete(`${members}/${bob.id}`)))).toEqual([
      event('channel.member_removed', bob.id, channel.id),
    ]);
  });

  it('of a message is written', async () => {
    const { client } = test;
    const ids: number[] = [];
    const sending = (path: string) =>
      written(async () =>
        ids.push((await ok(client.post(path, { ...text('hello'), user: { id: ann.id } }))).id as number),
      );
    const inChannel = await sending(`/v1/channels/${channel.id}/messages`);
    expect(inChannel).toEqual([event('message.sent', ids[0]!, channel.id)]);
    const inThread = await sending(`/v1/threads/${ids[0]}/messages`);
    expect(inThread).toEqual([event('message.sent', ids[1]!, channel.id)]);
    expect(await written(() => ok(client.patch(`/v1/messages/${ids[0]}`, { body: 'bye' })))).toEqual([
      event('message.updated', ids[0]!, channel.id),
    ]);
    expect(await written(() => ok(client.delete(`/v1/messages/${ids[0]}`)))).toEqual([
      event('message.deleted', ids[0]!, channel.id),
    ]);
  });

  it('is written once when it is repeated under its Idempotency-Key', async () => {
    const sending = () =>
      ok(test.client.post(`/v1/channels/${channel.id}/messages`, text('once'), { 'idempotency-key': 'once' }));
    const sentTwice = await written(async () => {
      await sending();
      await sending();
    });
    expect(sentTwice).toHaveLength(1);
  });

  it('that was refused, or changes nothing, is not written', async () => {
    const { client } = test;
    const refused = [
      () => client.post('/v1/users', { name: 'ann', displayName: 'Ann' }),
      () => client.post('/v1/users', { name: 'eve' }),
      () => client.patch('/v1/users/1', { displayName: '' }),
      () => client.delete('/v1/users/999999'),
      () => client.post('/v1/channels', { type: 'PRIVATE', name: 'general' }),
      () => client.post(`/v1/channels/${channel.id}/messages`, { ...text('x'), user: { id: bob.id } }),
      () => client.delete(`/v1/channels/${channel.id}/members/${bob.id}`),
      () => client.patch(`/v1/messages/${message.id}`, { body: '' }),
      () => client.put('/v1/application/settings', {}),
      () => client.delete('/v1/application'),
    ];
    for (const request of refused)
      expect(
        await written(async () => {
          const { status } = await request();
          expect(status).toBeGreaterThanOrEqual(400);
          expect(status).toBeLessThan(500);
        }),
      ).toEqual([]);
    const unchanged = [
      () => client.post('/v1/channels', { type: 'PUBLIC', name: 'general' }),
      () => client.post(`/v1/channels/${channel.id}/members`, { id: ann.id }),
      () => client.get('/v1/users'),
    ];
    for (const request of unchanged) expect(await written(() => ok(request()))).toEqual([]);
  });

  it('tells its readers what was stored', async () => {
    const { body } = await test.client.post(`/v1/channels/${channel.id}/messages`, {
      ...text('hello'),
      user: { id: ann.id },
      groupTag: 'tag',
      properties: { a: null },
    });
    const [row] = await test.database.query<{ payload: string; created_time: number }>(
      "SELECT payload, created_time FROM events WHERE type = 'message.sent' AND subject_id = ?",
      [body.id as number],
    );
    expect(JSON.parse(row!.payload)).toMatchObject({
      userId: ann.id,
      type: 'TEXT',
      body: 'hello',
      groupTag: 'tag',
      properties: { a: null },
      nestedLevel: 0,
    });
    expect(Math.abs(row!.created_time - Date.now())).toBeLessThan(60_000);
  });
});
