import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ChannelAccess } from '../../src/channels/channel-access.js';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';
import { expectRefusal } from '../support/refusals.js';

describe('deleting all messages', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser;
  beforeAll(async () => {
    test = await startApp();
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
  });
  afterAll(() => test.close());
  afterEach(async () => {
    jest.restoreAllMocks();
    test.app.get(JobRunner).wake();
    await test.jobsDone();
  });

  /** Rows stay until the test has ended. */
  const holdJobs = () => jest.spyOn(test.app.get(JobRunner), 'wake').mockReturnValue(undefined);
  const expectExactCounters = async () => expect((await new CounterCheck(test.database).run()).differences).toEqual([]);
  const deleteAll = async () => {
    const { status, body } = await test.client.delete('/v1/messages');
    expect(status).toBe(200);
    return body;
  };
  const list = async (path: string) => {
    const { status, body } = await test.client.get(`/v1/${path}`);
    expect([path, status]).toEqual([path, 200]);
    return { ids: (body._embedded.messages as MadeMessage[]).map(({ id }) => id), total: body.page.total as number };
  };
  const NOTHING = { ids: [], total: 0 };
  const count = async (user: MadeUser) =>
    (await test.client.get(`/v1/users/${user.id}/messages/unread/count`)).body.count as number;
  const rowsLeft = async () =>
    (
      await test.database.query<{ n: number }>('SELECT COUNT(*) AS n FROM messages WHERE application_id = ?', [
        test.application.applicationId,
      ])
    )[0]!.n;

  /** A conversation with replies, of which Bob has read a part. */
  async function conversation(): Promise<{ channel: MadeChannel; message: MadeMessage; reply: MadeMessage }> {
    const channel = await test.make.channel({ members: [ann, bob] });
    const message = await test.make.message(channel, 'Unrepeatable', ann);
    const reply = await test.make.reply(message, 'Unrepeatable reply', bob);
    await test.make.read(channel, bob);
    await test.make.message(channel, 'Unrepeatable end', ann);
    await test.make.message(channel, 'Unrepeatable announcement');
    return { channel, message, reply };
  }

  it('answers the application, and no message is anywhere any more', async () => {
    holdJobs();
    const { channel, message, reply } = await conversation();
    const { main_thread_id: mainThreadId } = (
      await test.database.query<{ main_thread_id: number }>('SELECT main_thread_id FROM channels WHERE id = ?', [
        channel.id,
      ])
    )[0]!;
    const application = await deleteAll();
    expect(application).toMatchObject({ id: test.application.applicationId, key: test.application.key });
    for (const path of [
      'messages',
      'messages?query=unrepeatable',
      `messages?username=${ann.name}`,
      `channels/${channel.id}/messages`,
      `channels/${channel.id}/messages?query=unrepeatable`,
      `threads/${mainThreadId}/messages`,
      `users/${ann.id}/messages`,
      `users/${bob.id}/messages`,
      `users/${bob.id}/messages?unread=true`,
    ])
      expect([path, await list(path)]).toEqual([path, NOTHING]);
    for (const path of [
      `messages/${message.id}`,
      `messages/${reply.id}`,
      `messages/${message.id}/read-receipts`,
      `threads/${message.id}`,
      `threads/${message.id}/messages`,
      `threads/${reply.id}`,
    ])
      expect([path, (await test.client.get(`/v1/${path}`)).status]).toEqual([path, 404]);
    expect((await test.client.get(`/v1/channels/${channel.id}`)).body).not.toHaveProperty('lastReceivedMessage');
    expect([await count(ann), await count(bob)]).toEqual([0, 0]);
    expect(await rowsLeft()).toBeGreaterThanOrEqual(4);
    await expectExactCounters();
  });

  it('takes no edits, deletions, replies or reading of what was there', async () => {
    holdJobs();
    const { channel, message, reply } = await conversation();
    await deleteAll();
    const member = `/v1/channels/${channel.id}/members/${ann.id}`;
    for (const answer of [
      await test.client.patch(`/v1/messages/${message.id}`, { body: 'Back' }),
      await test.client.delete(`/v1/messages/${message.id}`),
      await test.client.post(`/v1/threads/${message.id}/messages`, { type: 'TEXT', body: 'Back' }),
      await test.client.post(`/v1/threads/${reply.id}/messages`, { type: 'TEXT', body: 'Back' }),
      await test.client.put(`${member}/read-position`, { messageId: message.id }),
    ])
      expect(answer.status).toBe(404);
    const { body } = await test.client.put(`${member}/read-position`);
    expect(body).toMatchObject({ unreadCount: 0 });
    expect(body).not.toHaveProperty('messageId');
    await expectExactCounters();
  });

  it('leaves what is said afterwards, before the rows are gone and after', async () => {
    holdJobs();
    const { channel } = await conversation();
    await test.make.message(channel, 'Mine, unread by others', bob);
    await deleteAll();
    const next = await test.make.message(channel, 'A new beginning', ann);
    const answer = await test.make.reply(next, 'Hear, hear', bob);
    const last = await test.make.message(channel, 'The end', ann);
    const look = async () => {
      expect(await list('messages')).toEqual({ ids: [last.id, answer.id, next.id], total: 3 });
      expect(await list(`channels/${channel.id}/messages`)).toEqual({ ids: [last.id, answer.id, next.id], total: 3 });
      expect(await list(`threads/${next.id}/messages`)).toEqual({ ids: [answer.id], total: 1 });
      expect(await list(`users/${ann.id}/messages`)).toEqual({ ids: [last.id, next.id], total: 2 });
      expect(await list(`users/${bob.id}/messages?unread=true`)).toEqual({ ids: [last.id, next.id], total: 2 });
      expect(await list(`users/${ann.id}/messages?unread=true`)).toEqual({ ids: [answer.id], total: 1 });
      expect((await test.client.get(`/v1/channels/${channel.id}`)).body.lastReceivedMessage.id).toBe(last.id);
      await expectExactCounters();
    };
    await look();
    jest.restoreAllMocks();
    test.app.get(JobRunner).wake();
    await test.jobsDone();
    expect(await rowsLeft()).toBe(3);
    await look();
    await test.client.delete(`/v1/messages/${next.id}`);
    await test.client.delete(`/v1/messages/${last.id}`);
    expect([await count(ann), await count(bob)]).toEqual([1, 0]);
    expect(await list(`users/${ann.id}/messages`)).toEqual(NOTHING);
    await expectExactCounters();
  });

  it('begins anew for members who read, join or send afterwards', async () => {
    holdJobs();
    const { channel } = await conversation();
    await deleteAll();
    const cleo = await test.make.user();
    await test.client.post(`/v1/channels/${channel.id}/members`, { id: cleo.id });
    const next = await test.make.message(channel, 'Next', cleo);
    expect([await count(ann), await count(bob), await count(cleo)]).toEqual([1, 1, 0]);
    expect(await test.make.read(channel, ann)).toMatchObject({ messageId: next.id, unreadCount: 0 });
    const { body } = await test.client.get(`/v1/messages/${next.id}/read-receipts`);
    expect(body._embedded.receipts.map(({ user }: { user: MadeUser }) => user.id)).toEqual([ann.id]);
    await test.make.message(channel, 'Mine', bob);
    expect([await count(ann), await count(bob), await count(cleo)]).toEqual([1, 1, 1]);
    await expectExactCounters();
  });

  it('leaves what somebody is about to say when it happens, and counts it for them', async () => {
    const { channel } = await conversation();
    const access = test.app.get(ChannelAccess);
    const lookUp = access.retrieveForSending.bind(access);
    const deleteInBetween = () =>
      jest.spyOn(access, 'retrieveForSending').mockImplementationOnce(async (...place) => {
        const found = await lookUp(...place);
        await deleteAll();
        return found;
      });

    deleteInBetween();
    const said = await test.make.message(channel, 'Said meanwhile', bob);
    expect(await list(`channels/${channel.id}/messages`)).toEqual({ ids: [said.id], total: 1 });
    expect([await count(ann), await count(bob)]).toEqual([1, 0]);
    await expectExactCounters();

    deleteInBetween();
    const text = { type: 'TEXT', body: 'To what is gone', user: { id: ann.id } };
    const { status } = await test.client.post(`/v1/threads/${said.id}/messages`, text);
    expect(status).toBe(404);
    await expectExactCounters();
  });

  it('clears away rows, threads and marks, and no thread or mark of what came later', async () => {
    const { channel, message } = await conversation();
    // The thread of a message that was deleted by itself has stayed until now.
    await test.client.delete(`/v1/messages/${message.id}`);
    holdJobs();
    await deleteAll();
    const next = await test.make.message(channel, 'Next', ann);
    await test.make.reply(next, 'Reply', bob);
    await test.make.read(channel, bob);
    jest.restoreAllMocks();
    test.app.get(JobRunner).wake();
    await test.jobsDone();
    const threads = await test.database.query<{ id: number; type: string }>(
      "SELECT id, type FROM threads WHERE channel_id = ? AND type <> 'MAIN'",
      [channel.id],
    );
    expect(threads).toEqual([{ id: next.id, type: 'MESSAGE' }]);
    const marks = await test.database.query<{ user_id: number }>(
      'SELECT user_id FROM read_marks WHERE application_id = ?',
      [test.application.applicationId],
    );
    expect(marks).toEqual([{ user_id: bob.id }]);
  });

  it('goes well with channels that are being deleted, and can be done twice', async () => {
    holdJobs();
    const { channel } = await conversation();
    const other = await conversation();
    await test.client.delete(`/v1/channels/${channel.id}`);
    await deleteAll();
    await test.make.message(other.channel, 'In between', ann);
    await deleteAll();
    await expectExactCounters();
    await test.client.delete(`/v1/channels/${other.channel.id}`);
    await expectExactCounters();
    jest.restoreAllMocks();
    test.app.get(JobRunner).wake();
    await test.jobsDone();
    await expectExactCounters();
    expect(await rowsLeft()).toBe(0);
    expect(await list(`users/${ann.id}/messages`)).toEqual(NOTHING);
  });

  it('leaves the messages of other applications', async () => {
    const { body: channel } = await test.stranger.post('/v1/channels', { type: 'PUBLIC' });
    const { body: message } = await test.stranger.post(`/v1/channels/${channel.id}/messages`, {
      type: 'TEXT',
      body: 'x',
    });
    await deleteAll();
    await test.jobsDone();
    expect((await test.stranger.get(`/v1/messages/${message.id}`)).status).toBe(200);
    expect((await test.stranger.get('/v1/messages')).body.page.total).toBe(1);
  });

  it('writes who it was into the log of events, and a line for the operator', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    await conversation();
    const total = (await list('messages')).total;
    await deleteAll();
    const [event] = await test.database.query<{ subject_id: number; payload: string }>(
      "SELECT subject_id, payload FROM events WHERE type = 'messages.deleted_all' ORDER BY id DESC LIMIT 1",
    );
    const { applicationId, clientId } = test.application;
    expect(event!.subject_id).toBe(applicationId);
    expect(JSON.parse(event!.payload)).toEqual({ clientId, count: total, upToMessageId: expect.any(Number) });
    expect(warn.mock.calls.map(([line]) => String(line))).toContainEqual(
      expect.stringMatching(new RegExp(`^All ${total} messages of the application ${applicationId}.*${clientId}$`)),
    );
  });

  it('takes the key of the application as confirmation, which must be right where it is given', async () => {
    const { key } = test.application;
    expectRefusal('wrong', await test.client.delete('/v1/messages?confirm=yes'), ['confirm'], 'invalid');
    expect((await test.client.delete(`/v1/messages?confirm=${key}`)).status).toBe(200);
  });
});

describe.each(['confirm', 'denied'])('where deleting all messages is set to %s, it', (setting) => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp({ DELETE_ALL_MESSAGES: setting });
    await test.make.message(await test.make.channel(), 'Said');
  });
  afterAll(() => test.close());

  const total = async () => (await test.client.get('/v1/messages')).body.page.total as number;

  it('is refused without confirmation, and says why', async () => {
    const answer = await test.client.delete('/v1/messages');
    if (setting === 'confirm') expectRefusal(setting, answer, ['confirm'], 'missing_field');
    else {
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual({
        error: 'access_denied',
        error_description: expect.stringContaining('switched off'),
      });
    }
    expect((await test.client.delete('/v1/messages?confirm=wrong')).status).toBe(setting === 'confirm' ? 400 : 403);
    expect(await total()).toBe(1);
  });

  it('is done with the key of the application only where that is enough', async () => {
    const { status } = await test.client.delete(`/v1/messages?confirm=${test.application.key}`);
    expect([status, await total()]).toEqual(setting === 'confirm' ? [200, 0] : [403, 1]);
  });
});
