import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { InvitesService } from '../../src/channels/invites.service.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

describe('invites', () => {
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
    channel = await test.make.channel({ members: [ann] });
  });
  afterAll(() => test.close());

  const path = () => `/v1/channels/${channel.id}/invites`;
  const send = (user: unknown) => test.client.post(path(), { user });
  const invitees = async () =>
    (await test.client.all<{ _links: { invitee: { href: string } } }>(`${path()}?size=1`, 'invites')).map(
      ({ _links }) => Number(_links.invitee.href.split('/').at(-1)),
    );
  const total = async () => (await test.client.get(path())).body.page.totalElements as number;
  const differences = async () => (await new CounterCheck(test.database).run()).differences;
  const events = () =>
    test.database.query<{ subject_id: number }>(
      "SELECT subject_id FROM events WHERE channel_id = ? AND type = 'channel.invite_sent' ORDER BY id",
      [channel.id],
    );

  it.each(['PUBLIC', 'PRIVATE'])('to %s channels are shown with their links', async (type) => {
    channel = await test.make.channel({ type, members: [ann] });
    const { status, body } = await send({ username: bob.name });
    expect(status).toBe(200);
    expect(body).toEqual({ createdTime: expect.stringMatching(TIME), _links: expect.anything() });
    expect(Object.keys(body._links as object)).toEqual(['invitee', 'channel', 'application']);
    expect((await test.client.get(body._links.invitee.href as string)).body.id).toBe(bob.id);
    expect((await test.client.get(body._links.channel.href as string)).body.id).toBe(channel.id);
    expect((await test.client.get(path())).body._embedded.invites).toEqual([body]);
  });

  it('are listed with the oldest first', async () => {
    await send({ id: cat.id });
    await send({ id: bob.id });
    expect(await invitees()).toEqual([cat.id, bob.id]);
    expect((await test.client.get(`${path()}?size=1&page=1`)).body).toMatchObject({
      _embedded: {
        invites: [{ _links: { invitee: { href: expect.stringMatching(new RegExp(`/users/${bob.id}$`)) } } }],
      },
      page: { totalElements: 2, totalPages: 2, number: 1 },
    });
    expect(await events()).toEqual([{ subject_id: cat.id }, { subject_id: bob.id }]);
    expect(await differences()).toEqual([]);
  });

  it('are sent once, however often', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => send({ id: bob.id })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await invitees()).toEqual([bob.id]);
    expect(await events()).toHaveLength(1);
    expect(await differences()).toEqual([]);
  });

  it('are gone once their user has joined, or is deleted', async () => {
    await send({ id: bob.id });
    await send({ id: cat.id });
    await test.client.post(`/v1/channels/${channel.id}/members`, { id: bob.id });
    expect([await invitees(), await total()]).toEqual([[cat.id], 1]);
    await test.client.delete(`/v1/channels/${channel.id}/members/${bob.id}`);
    expect(await invitees()).toEqual([cat.id]);
    await test.client.delete(`/v1/users/${cat.id}`);
    expect(await invitees()).toEqual([]);
    await test.jobsDone();
    expect(await total()).toBe(0);
    expect(await differences()).toEqual([]);
  });

  it('go with their channel', async () => {
    await send({ id: bob.id });
    await test.client.delete(`/v1/channels/${channel.id}`);
    expect((await test.client.get(path())).status).toBe(404);
    await test.jobsDone();
    expect(await test.database.query('SELECT 1 FROM channel_invites WHERE channel_id = ?', [channel.id])).toEqual([]);
  });

  it('are for those who are no members, and exist', async () => {
    const member = await send({ id: ann.id });
    expect(member.status).toBe(400);
    expect(member.body.errors).toMatchObject([{ resource: 'ChannelInvite', field: 'user', code: 'already_exists' }]);
    const nobody = await send({ id: 999_999_999 });
    expect(nobody.status).toBe(404);
    expect(nobody.body.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
    for (const user of [undefined, {}, 'ann', []]) {
      const { status, body } = await send(user);
      expect([user, status]).toEqual([user, 400]);
      expect(body.errors).toMatchObject([{ field: 'user' }]);
    }
    expect([await total(), await events()]).toEqual([0, []]);
  });

  it('are sent by members, or by the system', async () => {
    const invites = test.app.get(InvitesService);
    const { applicationId } = test.application;
    const sent = await invites.send(applicationId, channel.id, { id: bob.id }, ann.id);
    expect(sent).toMatchObject({ user_id: bob.id, inviter_id: ann.id });
    await expect(invites.send(applicationId, channel.id, { id: cat.id }, bob.id)).rejects.toMatchObject({
      status: 400,
    });
    expect(await invitees()).toEqual([bob.id]);
  });

  it('are not sent to direct channels', async () => {
    channel = await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
    const { status, body } = await send({ id: cat.id });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ resource: 'Channel', field: 'invites', code: 'unprocessable' }]);
    expect(await total()).toBe(0);
  });

  it('are not seen or sent by another tenant', async () => {
    await send({ id: bob.id });
    expect((await test.stranger.get(path())).status).toBe(404);
    expect((await test.stranger.post(path(), { user: { id: cat.id } })).status).toBe(404);
    expect(await invitees()).toEqual([bob.id]);
  });
});
