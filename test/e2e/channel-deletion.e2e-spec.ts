import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeUser } from '../support/make.js';

describe('deleting a channel', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser;
  beforeAll(async () => {
    test = await startApp();
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
  });
  afterAll(() => test.close());
  afterEach(() => void jest.restoreAllMocks());

  /** What is cleared away later stays, until the test has ended. */
  const holdJobs = () => jest.spyOn(test.app.get(JobRunner), 'wake').mockReturnValue(undefined);
  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const countOfChannels = async () => (await test.client.get('/v1/channels')).body.page.totalElements as number;

  it('answers the application, and the channel is nowhere any more', async () => {
    holdJobs();
    const channel = await test.make.channel({ members: [ann] });
    const before = await countOfChannels();
    const { status, body } = await test.client.delete(`/v1/channels/${channel.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: test.application.applicationId, key: test.application.key });
    for (const below of ['', '/members', '/memberships', '/messages'])
      expect((await test.client.get(`/v1/channels/${channel.id}${below}`)).status).toBe(404);
    expect((await test.client.delete(`/v1/channels/${channel.id}`)).status).toBe(404);
    const channels = await test.client.all(`/v1/users/${ann.id}/channels`, 'channels');
    expect(channels.map(({ id }) => id)).not.toContain(channel.id);
    expect(await countOfChannels()).toBe(before - 1);
  });

  it('hides the messages at once', async () => {
    holdJobs();
    const channel = await test.make.channel({ members: [ann] });
    const message = await test.make.message(channel, 'Unrepeatable', ann);
    const reply = await test.make.reply(message, 'Unrepeatable reply');
    const before = (await test.client.get('/v1/messages')).body.page.total as number;
    await test.client.delete(`/v1/channels/${channel.id}`);
    for (const path of [`messages/${message.id}`, `messages/${reply.id}`, `threads/${message.id}`])
      expect((await test.client.get(`/v1/${path}`)).status).toBe(404);
    expect((await test.client.get('/v1/messages?query=unrepeatable')).body._embedded.messages).toEqual([]);
    expect((await test.client.get('/v1/messages')).body.page.total).toBe(before - 2);
    expect((await test.client.get(`/v1/users/${ann.id}/messages`)).body._embedded.messages).not.toContainEqual(
      expect.objectContaining({ id: message.id }),
    );
  });

  it('takes no messages, replies, members or changes any more', async () => {
    holdJobs();
    const channel = await test.make.channel();
    const message = await test.make.message(channel, 'Last words');
    await test.client.delete(`/v1/channels/${channel.id}`);
    const text = { type: 'TEXT', body: 'Hello?' };
    for (const answer of [
      await test.client.post(`/v1/channels/${channel.id}/messages`, text),
      await test.client.post(`/v1/threads/${message.id}/messages`, text),
      await test.client.post(`/v1/channels/${channel.id}/members`, { id: ann.id }),
      await test.client.patch(`/v1/channels/${channel.id}`, { displayName: 'Back' }),
      await test.client.patch(`/v1/messages/${message.id}`, { body: 'Back' }),
    ])
      expect(answer.status).toBe(404);
  });

  it('frees the name, and the set of people', async () => {
    holdJobs();
    const named = await test.make.channel({ name: 'phoenix', members: [ann] });
    const pair = await test.make.users(2);
    const direct = await test.make.channel({ type: 'DIRECT', members: pair });
    for (const { id } of [named, direct]) await test.client.delete(`/v1/channels/${id}`);
    const again = await test.make.channel({ type: 'PRIVATE', name: 'phoenix' });
    const directAgain = await test.make.channel({ type: 'DIRECT', members: pair });
    expect(again.id).not.toBe(named.id);
    expect(directAgain.id).not.toBe(direct.id);
    expect((await test.client.get(`/v1/channels/${again.id}/members`)).body._embedded.users).toEqual([]);
  });

  it('deletes once what is deleted many times at once', async () => {
    const { id } = await test.make.channel({ members: [ann] });
    const answers = await Promise.all(Array.from({ length: 6 }, () => test.client.delete(`/v1/channels/${id}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
  });

  it('leaves every count right once the rest is cleared away', async () => {
    await test.jobsDone();
    const channel = await test.make.channel({ members: [ann, bob] });
    const message = await test.make.message(channel, 'One', ann);
    for (const sender of [ann, bob, undefined]) await test.make.reply(message, 'Reply', sender);
    const before = (await test.client.get(`/v1/users/${ann.id}/messages`)).body.page.total as number;
    await test.client.delete(`/v1/channels/${channel.id}`);
    await test.jobsDone();
    expect((await test.client.get(`/v1/users/${ann.id}/messages`)).body.page.total).toBe(before - 2);
    for (const table of ['messages', 'memberships', 'threads'])
      expect(await test.database.query(`SELECT 1 FROM ${table} WHERE channel_id = ?`, [channel.id])).toEqual([]);
    expect(await wrongCounters()).toEqual([]);
  });

  it("does not delete another application's channel", async () => {
    const { id } = await test.make.channel();
    expect((await test.stranger.delete(`/v1/channels/${id}`)).status).toBe(404);
    expect((await test.client.get(`/v1/channels/${id}`)).status).toBe(200);
  });
});
