import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';

describe('moderators', () => {
  let test: TestApp;
  let ann: MadeUser;
  let bob: MadeUser;
  let cat: MadeUser;
  let channel: MadeChannel;
  beforeAll(async () => {
    test = await startApp();
  });
  beforeEach(async () => {
    [ann, bob, cat] = (await test.make.users(3)) as [MadeUser, MadeUser, MadeUser];
    channel = await test.make.channel({ members: [ann, bob] });
  });
  afterAll(() => test.close());

  const path = (of: { id: number } = channel) => `/v1/channels/${of.id}/moderators`;
  const add = (body: unknown) => test.client.post(path(), body);
  const names = async () => (await test.client.all<MadeUser>(path(), 'users')).map(({ name }) => name);
  const differences = async () => (await new CounterCheck(test.database).run()).differences;
  const events = async () =>
    test.database.query<{ type: string; subject_id: number }>(
      "SELECT type, subject_id FROM events WHERE channel_id = ? AND type LIKE 'channel.moderator%' ORDER BY id",
      [channel.id],
    );

  it('are members who were made so, by id or by name', async () => {
    expect((await test.client.get(path())).body).toMatchObject({
      _embedded: { users: [] },
      page: { totalElements: 0 },
    });
    const { status, body } = await add({ id: bob.id });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: bob.id, name: bob.name, _links: { self: expect.anything() } });
    expect((await add({ username: ann.name })).body.id).toBe(ann.id);
    expect(await names()).toEqual([ann.name, bob.name]);
    const page = (await test.client.get(`${path()}?size=1&page=1`)).body;
    expect(page).toMatchObject({ _embedded: { users: [{ id: bob.id }] }, page: { totalElements: 2, totalPages: 2 } });
    expect((await test.client.all(`${path()}?size=1&sort=name,desc`, 'users')).length).toBe(2);
    expect(await differences()).toEqual([]);
  });

  it('are made so once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => add({ id: ann.id })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await test.client.get(path())).body.page.totalElements).toBe(1);
    expect(await events()).toEqual([{ type: 'channel.moderator_added', subject_id: ann.id }]);
    expect(await differences()).toEqual([]);
  });

  it('are no longer, and remain members, once they are removed', async () => {
    await add({ id: ann.id });
    const { status, body } = await test.client.delete(`${path()}/${ann.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: channel.id, type: 'PUBLIC' });
    expect(await names()).toEqual([]);
    expect((await test.client.get(`/v1/channels/${channel.id}/members`)).body.page.totalElements).toBe(2);
    expect((await test.client.delete(`${path()}/${ann.id}`)).status).toBe(404);
    expect((await events()).map(({ type }) => type)).toEqual(['channel.moderator_added', 'channel.moderator_removed']);
    expect(await differences()).toEqual([]);
  });

  it('are no longer once they are no members', async () => {
    await add({ id: ann.id });
    await add({ id: bob.id });
    await test.client.delete(`/v1/channels/${channel.id}/members/${ann.id}`);
    expect(await names()).toEqual([bob.name]);
    await test.client.post(`/v1/channels/${channel.id}/members`, { id: ann.id });
    expect(await names()).toEqual([bob.name]);
    await test.client.delete(`/v1/users/${bob.id}`);
    expect(await names()).toEqual([]);
    await test.jobsDone();
    expect((await test.client.get(path())).body.page.totalElements).toBe(0);
    expect(await differences()).toEqual([]);
  });

  it('go with their channel', async () => {
    await add({ id: ann.id });
    await test.client.delete(`/v1/channels/${channel.id}`);
    expect((await test.client.get(path())).status).toBe(404);
    await test.jobsDone();
    expect(await test.database.query('SELECT 1 FROM moderators WHERE channel_id = ?', [channel.id])).toEqual([]);
  });

  it('are members: nobody else is made one', async () => {
    const refused = await add({ id: cat.id });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ resource: 'Channel', field: 'user', code: 'unprocessable' }]);
    const missing = await add({ username: 'nobody at all' });
    expect(missing.status).toBe(404);
    expect(missing.body.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
    expect((await add({})).status).toBe(400);
    expect(await names()).toEqual([]);
    expect(await events()).toEqual([]);
  });

  it('are not in direct channels', async () => {
    channel = await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
    for (const { status, body } of [await add({ id: ann.id }), await test.client.delete(`${path()}/${ann.id}`)]) {
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Channel', field: 'moderators', code: 'unprocessable' }]);
    }
    expect(await names()).toEqual([]);
    expect((await test.client.get(`/v1/channels/${channel.id}`)).body._links).not.toHaveProperty('moderators');
  });

  it('are not seen or changed by another tenant', async () => {
    await add({ id: ann.id });
    for (const { status } of [
      await test.stranger.get(path()),
      await test.stranger.post(path(), { id: ann.id }),
      await test.stranger.delete(`${path()}/${ann.id}`),
    ])
      expect(status).toBe(404);
    expect(await names()).toEqual([ann.name]);
  });
});
