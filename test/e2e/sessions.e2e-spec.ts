import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { SessionHousekeeping } from '../../src/sessions/session-housekeeping.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const MINUTE = 60_000;

describe('sessions', () => {
  let test: TestApp;
  let sessions: SessionsService;
  let applicationId: number;
  let ann: MadeUser;
  let bob: MadeUser;
  let channel: MadeChannel;
  beforeAll(async () => {
    test = await startApp();
    sessions = test.app.get(SessionsService);
    ({ applicationId } = test.application);
  });
  beforeEach(async () => {
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    channel = await test.make.channel({ members: [ann, bob] });
  });
  afterAll(() => test.close());

  const start = (user: { id: number }, agent?: string) => sessions.startUserSession(applicationId, user.id, agent);
  const enter = (session: { id: number }, place: { id: number } = channel) =>
    sessions.startChatSession(applicationId, session.id, place.id);
  const presence = async (user: { id: number }) => (await test.client.get(`/v1/users/${user.id}`)).body.presence;
  const list = async (path: string) => (await test.client.get(path)).body;
  /** The events about these subjects, in order. */
  const eventsOf = async (...types: string[]) =>
    (
      await test.database.query<{ type: string; subject_id: number; channel_id: number | null; payload: string }>(
        `SELECT type, subject_id, channel_id, payload FROM events WHERE application_id = ? AND type IN (${types.map(() => '?').join(', ')}) ORDER BY id`,
        [applicationId, ...types],
      )
    ).map(({ type, subject_id, channel_id, payload }) => ({
      type,
      subjectId: subject_id,
      channelId: channel_id,
      payload: JSON.parse(payload) as Record<string, unknown>,
    }));
  const differences = async () => (await new CounterCheck(test.database).run()).differences;

  describe('of users', () => {
    it('are shown with their user while they last, and with their end afterwards', async () => {
      const { id } = await start(ann, 'ChatKitty-JS/1.50.0');
      const active = await test.client.get(`/v1/user-sessions/${id}`);
      expect(active.status).toBe(200);
      expect(active.body).toEqual({
        id,
        state: 'ACTIVE',
        user: expect.objectContaining({ id: ann.id, presence: { online: true, status: 'AVAILABLE' } }),
        userAgent: 'ChatKitty-JS/1.50.0',
        createdTime: expect.stringMatching(TIME),
        _links: {
          self: { href: expect.stringMatching(new RegExp(`/user-sessions/${id}$`)) },
          user: { href: expect.stringMatching(new RegExp(`/users/${ann.id}$`)) },
          application: { href: expect.any(String) },
        },
      });
      expect(active.body.user).not.toHaveProperty('_links');
      await sessions.endUserSession(applicationId, id);
      const { body } = await test.client.get(`/v1/user-sessions/${id}`);
      expect(body).toMatchObject({ state: 'ENDED', endTime: expect.stringMatching(TIME) });
      for (const { href } of Object.values<{ href: string }>(body._links))
        expect((await test.client.get(href)).status).toBe(200);
    });

    it('make their user online, until the last of them ends', async () => {
      expect(await presence(ann)).toEqual({ online: false, status: 'UNAVAILABLE' });
      const [first, second] = [await start(ann), await start(ann)];
      expect(await presence(ann)).toEqual({ online: true, status: 'AVAILABLE' });
      await test.client.patch(`/v1/users/${ann.id}`, { presence: { status: 'BUSY' } });
      const third = await start(ann);
      expect(await presence(ann)).toEqual({ online: true, status: 'BUSY' });
      for (const { id } of [first, third]) await sessions.endUserSession(applicationId, id);
      expect(await presence(ann)).toEqual({ online: true, status: 'BUSY' });
      await sessions.endUserSession(applicationId, second.id);
      expect(await presence(ann)).toEqual({ online: false, status: 'UNAVAILABLE' });
      const changes = (await eventsOf('user.presence_changed')).filter(({ subjectId }) => subjectId === ann.id);
      expect(changes.map(({ payload }) => payload)).toEqual([
        { online: true, status: 'AVAILABLE' },
        { online: false, status: 'UNAVAILABLE' },
      ]);
    });

    it('end once, with their chat sessions, and say so', async () => {
      const session = await start(ann);
      const chats = [await enter(session), await enter(session)];
      const ended = await sessions.endUserSession(applicationId, session.id);
      expect(await sessions.endUserSession(applicationId, session.id)).toEqual(ended);
      const own = new Set([session.id, ...chats.map(({ id }) => id)]);
      const events = await eventsOf(
        'user_session.started',
        'user_session.ended',
        'chat_session.started',
        'chat_session.ended',
      );
      expect(
        events
          .filter(({ subjectId, payload }) => own.has(subjectId) && payload.userId === ann.id)
          .map(({ type, subjectId, channelId }) => [type, subjectId, channelId]),
      ).toEqual([
        ['user_session.started', session.id, null],
        ['chat_session.started', chats[0]!.id, channel.id],
        ['chat_session.started', chats[1]!.id, channel.id],
        ['chat_session.ended', chats[0]!.id, channel.id],
        ['chat_session.ended', chats[1]!.id, channel.id],
        ['user_session.ended', session.id, null],
      ]);
      expect(await differences()).toEqual([]);
    });

    it('are not begun for nobody', async () => {
      for (const refused of [
        sessions.startUserSession(applicationId, 999_999_999),
        sessions.startUserSession(applicationId + 1, ann.id),
        sessions.endUserSession(applicationId, 999_999_999),
        sessions.endUserSession(applicationId + 1, (await start(ann)).id),
      ])
        await expect(refused).rejects.toMatchObject({ status: 404 });
    });

    it('end as well when their user is just being deleted', async () => {
      const session = await start(ann);
      const setName = (name: string | null, deletedTime: number | null) =>
        test.database.execute('UPDATE users SET name = ?, deleted_time = ? WHERE id = ?', [name, deletedTime, ann.id]);
      await setName(null, Date.now());
      expect(await sessions.endUserSession(applicationId, session.id)).toMatchObject({ state: 'ENDED' });
      expect((await test.client.get(`/v1/user-sessions/${session.id}`)).status).toBe(404);
      await setName(ann.name, null);
      expect((await test.client.get(`/v1/user-sessions/${session.id}`)).body.state).toBe('ENDED');
    });

    it('of one user may begin and end side by side', async () => {
      const started = await Promise.all(Array.from({ length: 8 }, () => start(bob)));
      await Promise.all(started.map((session) => enter(session)));
      await Promise.all(started.map(({ id }) => sessions.endUserSession(applicationId, id)));
      expect(await presence(bob)).toEqual({ online: false, status: 'UNAVAILABLE' });
      expect((await list(`/v1/channels/${channel.id}/participants`)).page.totalElements).toBe(0);
      expect(await differences()).toEqual([]);
    });
  });

  describe('in channels', () => {
    it('are shown with their user session, which has no links', async () => {
      const session = await start(ann, 'app');
      const { id } = await enter(session);
      const shown = (await test.client.all('/v1/chat-sessions', 'sessions')).find((one) => one.id === id) as any;
      expect(shown).toEqual({
        id,
        state: 'ACTIVE',
        session: {
          id: session.id,
          state: 'ACTIVE',
          user: expect.objectContaining({ id: ann.id }),
          userAgent: 'app',
          createdTime: expect.stringMatching(TIME),
        },
        createdTime: expect.stringMatching(TIME),
        _links: expect.anything(),
      });
      expect(Object.keys(shown._links as object)).toEqual(['session', 'channel', 'application']);
      expect((await test.client.get(shown._links.session.href as string)).body.id).toBe(session.id);
      expect((await test.client.get(shown._links.channel.href as string)).body.id).toBe(channel.id);
      await sessions.endChatSession(applicationId, id);
      const ended = (await test.client.all('/v1/chat-sessions', 'sessions')).find((one) => one.id === id) as any;
      expect(ended).toMatchObject({
        state: 'ENDED',
        endTime: expect.stringMatching(TIME),
        session: { state: 'ACTIVE' },
      });
    });

    it('are at most ten in a user session, and one that ends makes room', async () => {
      const session = await start(ann);
      const began = await Promise.allSettled(Array.from({ length: 12 }, () => enter(session)));
      const refused = began.filter((one): one is PromiseRejectedResult => one.status === 'rejected');
      expect(refused.map(({ reason }) => (reason as { status: number }).status)).toEqual([400, 400]);
      const [first] = began.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await expect(enter(session)).rejects.toMatchObject({ status: 400 });
      await sessions.endChatSession(applicationId, first!.id);
      expect((await enter(session)).state).toBe('ACTIVE');
    });

    it('are for members, of sessions that have not ended, in channels that there are', async () => {
      const [outsider] = (await test.make.users(1)) as [MadeUser];
      const ended = await start(ann);
      await sessions.endUserSession(applicationId, ended.id);
      await expect(enter(await start(outsider))).rejects.toMatchObject({ status: 400 });
      await expect(enter(ended)).rejects.toMatchObject({ status: 400 });
      await expect(enter({ id: 999_999_999 })).rejects.toMatchObject({ status: 404 });
      const session = await start(ann);
      await expect(enter(session, { id: 999_999_999 })).rejects.toMatchObject({ status: 404 });
      await expect(sessions.startChatSession(applicationId + 1, session.id, channel.id)).rejects.toMatchObject({
        status: 404,
      });
      await expect(sessions.endChatSession(applicationId + 1, 1)).rejects.toMatchObject({ status: 404 });
    });

    it('make participants of members, each once, as long as they last', async () => {
      const path = `/v1/channels/${channel.id}/participants`;
      expect(await list(path)).toMatchObject({ _embedded: { users: [] }, page: { totalElements: 0 } });
      const [hers, his] = [await start(ann), await start(bob)];
      const chats = [await enter(hers), await enter(await start(ann)), await enter(his)];
      expect((await test.client.all(`${path}?size=1`, 'users')).map(({ id }) => id)).toEqual([ann.id, bob.id]);
      expect((await list(path)).page).toEqual({ size: 25, totalElements: 2, totalPages: 1, number: 0 });
      expect((await list(`${path}?page=1&size=1`))._embedded.users[0]).toMatchObject({
        id: bob.id,
        presence: { online: true },
      });
      await sessions.endChatSession(applicationId, chats[0]!.id);
      expect((await list(path)).page.totalElements).toBe(2);
      await sessions.endChatSession(applicationId, chats[1]!.id);
      expect((await list(path))._embedded.users).toMatchObject([{ id: bob.id }]);
      expect((await test.stranger.get(path)).status).toBe(404);
    });

    it('end for a member who is removed, and for no other', async () => {
      const [hers, his] = [await enter(await start(ann)), await enter(await start(bob))];
      await test.client.delete(`/v1/channels/${channel.id}/members/${ann.id}`);
      expect(await sessions.endChatSession(applicationId, hers.id)).toMatchObject({ state: 'ENDED' });
      const ended = (await eventsOf('chat_session.ended')).filter(({ channelId }) => channelId === channel.id);
      expect(ended).toMatchObject([{ subjectId: hers.id, payload: { userId: ann.id } }]);
      expect((await list(`/v1/channels/${channel.id}/participants`))._embedded.users).toMatchObject([{ id: bob.id }]);
      await sessions.endChatSession(applicationId, his.id);
      expect(await differences()).toEqual([]);
    });
  });

  describe('in lists', () => {
    it.each([
      ['/v1/user-sessions', async () => [await start(ann), await start(ann), await start(bob)]],
      [
        '/v1/chat-sessions',
        async () => {
          const session = await start(ann);
          return [await enter(session), await enter(session), await enter(session)];
        },
      ],
    ])('are oldest first, of a state if one is asked for: %s', async (path, make) => {
      const before = {
        all: (await list(path)).page.totalElements as number,
        active: (await list(`${path}?state=ACTIVE`)).page.totalElements as number,
        ended: (await list(`${path}?state=ENDED`)).page.totalElements as number,
      };
      const made = await make();
      const ended = made[0]!;
      if (path.includes('user')) await sessions.endUserSession(applicationId, ended.id);
      else await sessions.endChatSession(applicationId, ended.id);
      const ids = async (query: string) =>
        (await test.client.all(`${path}?size=2${query}`, 'sessions')).map(({ id }) => id);
      const all = await ids('');
      expect(all).toEqual([...all].sort((a, b) => a - b));
      expect(all.slice(-3)).toEqual(made.map(({ id }) => id));
      expect(await ids('&sort=createdTime,desc')).toEqual([...all].reverse());
      expect((await ids('&state=ACTIVE')).slice(-2)).toEqual(made.slice(1).map(({ id }) => id));
      expect((await ids('&state=ENDED')).at(-1)).toBe(ended.id);
      const deep = await list(`${path}?size=1&page=${all.length - 1}`);
      expect(deep._embedded.sessions).toMatchObject([{ id: all.at(-1) }]);
      expect((await list(`${path}?state=ACTIVE&size=1`))._links.next.href).toContain('state=ACTIVE');
      expect((await list(path)).page.totalElements).toBe(before.all + 3);
      // The chat sessions stand in a user session that is new as well, but not in this list.
      expect((await list(`${path}?state=ACTIVE`)).page.totalElements).toBe(before.active + 2);
      expect((await list(`${path}?state=ENDED`)).page.totalElements).toBe(before.ended + 1);
      const refused = await test.client.get(`${path}?state=SLEEPING`);
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toMatchObject([{ field: 'state', code: 'invalid' }]);
      expect((await test.stranger.get(path)).body.page.totalElements).toBe(0);
    });

    it('do not let another tenant see one', async () => {
      const { id } = await start(ann);
      expect((await test.client.get(`/v1/user-sessions/${id}`)).status).toBe(200);
      expect((await test.stranger.get(`/v1/user-sessions/${id}`)).status).toBe(404);
      expect((await test.client.get('/v1/user-sessions/999999999')).status).toBe(404);
    });
  });

  describe('go', () => {
    const stored = async (table: string, column: string, id: number) =>
      (await test.database.query(`SELECT id FROM ${table} WHERE ${column} = ?`, [id])).length;

    it('with their user', async () => {
      const session = await start(ann);
      await enter(session);
      const theirs = await enter(await start(bob));
      await sessions.endUserSession(applicationId, (await start(ann)).id);
      await test.client.delete(`/v1/users/${ann.id}`);
      expect((await test.client.get(`/v1/user-sessions/${session.id}`)).status).toBe(404);
      expect((await list(`/v1/channels/${channel.id}/participants`))._embedded.users).toMatchObject([{ id: bob.id }]);
      await test.jobsDone();
      expect(await stored('user_sessions', 'user_id', ann.id)).toBe(0);
      expect(await stored('chat_sessions', 'user_id', ann.id)).toBe(0);
      expect(await stored('chat_sessions', 'id', theirs.id)).toBe(1);
      expect(await differences()).toEqual([]);
    });

    it('with their channel, but for the user sessions', async () => {
      const session = await start(ann);
      await sessions.endChatSession(applicationId, (await enter(session)).id);
      await enter(session);
      await test.client.delete(`/v1/channels/${channel.id}`);
      await test.jobsDone();
      expect(await stored('chat_sessions', 'channel_id', channel.id)).toBe(0);
      expect((await test.client.get(`/v1/user-sessions/${session.id}`)).body.state).toBe('ACTIVE');
      expect(await differences()).toEqual([]);
    });
  });

  describe('of a process that is no more', () => {
    const processOf = async ({ id }: { id: number }): Promise<string> => {
      const [row] = await test.database.query<{ process_id: string }>(
        'SELECT process_id FROM user_sessions WHERE id = ?',
        [id],
      );
      return row!.process_id;
    };

    it('end, and those of living ones do not', async () => {
      const session = await start(ann);
      await enter(session);
      const mine = await processOf(session);
      const left = await start(bob);
      await test.database.execute('INSERT INTO session_processes (id, leased_until) VALUES (?, ?)', [
        'gone',
        Date.now(),
      ]);
      await test.database.execute('UPDATE user_sessions SET process_id = ? WHERE id = ?', ['gone', left.id]);
      await enter(left);
      await test.app.get(SessionHousekeeping).clean();
      expect((await test.client.get(`/v1/user-sessions/${left.id}`)).body.state).toBe('ENDED');
      expect(await presence(bob)).toMatchObject({ online: false });
      expect((await test.client.get(`/v1/user-sessions/${session.id}`)).body.state).toBe('ACTIVE');
      expect((await list(`/v1/channels/${channel.id}/participants`))._embedded.users).toMatchObject([{ id: ann.id }]);
      const processes = async () =>
        (await test.database.query<{ id: string }>('SELECT id FROM session_processes')).map(({ id }) => id);
      // A session that it was just beginning may yet appear.
      expect((await processes()).sort()).toEqual([mine, 'gone'].sort());
      await test.database.execute('UPDATE session_processes SET leased_until = ? WHERE id = ?', [
        Date.now() - 2 * MINUTE,
        'gone',
      ]);
      await test.app.get(SessionHousekeeping).clean();
      expect(await processes()).toEqual([mine]);
      expect(await differences()).toEqual([]);
    });
  });
});
