import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { Answer } from '../support/answer.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel } from '../support/make.js';

const SENDERS = 50;
const MESSAGES_EACH = 8;

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const oneOf = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)]!;
/** How often each status was answered. */
const tally = (answers: readonly Answer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('parallel writes', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  const expectExactCounters = async () => {
    const { counters, differences } = await new CounterCheck(test.database).run();
    expect(counters.length).toBeGreaterThan(0);
    expect(differences).toEqual([]);
  };
  const send = (channel: { id: number }, body: string, user?: { id: number }) =>
    test.client.post(`/v1/channels/${channel.id}/messages`, { type: 'TEXT', body, ...(user && { user }) });
  const eventsOf = (channel: { id: number }) =>
    test.database.query<{ type: string; subject_id: number }>(
      'SELECT type, subject_id FROM events WHERE channel_id = ? ORDER BY id',
      [channel.id],
    );

  describe('of fifty senders in one channel', () => {
    let channel: MadeChannel;
    /** Messages whose sending was answered, and those whose deletion was asked for. */
    const acknowledged = new Set<number>();
    const deleted = new Set<number>();
    const seenByWalks: { before: number[]; ids: number[] }[] = [];
    const appearedLate: number[] = [];
    let polls = 0;

    const sender = async (user: { id: number } | undefined) => {
      const mine: number[] = [];
      for (let count = 0; count < MESSAGES_EACH; count++) {
        const kind = Math.random();
        const path =
          kind < 0.25 && acknowledged.size > 0
            ? `/v1/threads/${oneOf([...acknowledged].filter((id) => !deleted.has(id)))}/messages`
            : `/v1/channels/${channel.id}/messages`;
        const { status, body } = await test.client.post(path, { type: 'TEXT', body: 'x', ...(user && { user }) });
        // The message that the reply answers may have been deleted meanwhile.
        if (status === 404 && path.includes('threads')) continue;
        expect(status).toBe(200);
        acknowledged.add(body.id as number);
        mine.push(body.id as number);
        if (kind > 0.9) {
          const id = mine.splice(Math.floor(Math.random() * mine.length), 1)[0]!;
          deleted.add(id);
          expect((await test.client.delete(`/v1/messages/${id}`)).status).toBe(200);
        }
      }
    };
    const walker = async (size: number, isOver: () => boolean) => {
      do {
        const before = [...acknowledged].filter((id) => !deleted.has(id));
        const found = await test.client.all(`/v1/channels/${channel.id}/messages?size=${size}`, 'messages');
        seenByWalks.push({ before, ids: found.map(({ id }) => id) });
      } while (!isOver());
    };
    const poller = async (isOver: () => boolean) => {
      let last: number[] = [];
      do {
        const { body } = await test.client.get(`/v1/channels/${channel.id}/messages?size=100`);
        const ids = (body._embedded.messages as { id: number }[]).map(({ id }) => id);
        const [newest, oldest] = [last[0] ?? 0, last.length < 100 ? 0 : last.at(-1)!];
        appearedLate.push(...ids.filter((id) => id < newest && id > oldest && !last.includes(id)));
        last = ids;
        polls++;
      } while (!isOver());
    };

    beforeAll(async () => {
      const users = await test.make.users(9);
      channel = await test.make.channel({ members: users });
      let isOver = false;
      const readers = [
        walker(7, () => isOver),
        walker(40, () => isOver),
        walker(100, () => isOver),
        poller(() => isOver),
        poller(() => isOver),
      ];
      const writing = times(SENDERS, (index) => {
        const user = users[index % 10];
        return sender(user && { id: user.id });
      });
      await writing.finally(() => (isOver = true));
      await Promise.all(readers);
    });

    it('keep every message, once', async () => {
      const stored = await test.client.all(`/v1/channels/${channel.id}/messages?size=100`, 'messages');
      const expected = [...acknowledged].filter((id) => !deleted.has(id)).sort((a, b) => b - a);
      expect(stored.map(({ id }) => id)).toEqual(expected);
      expect(acknowledged.size).toBeGreaterThan(SENDERS * MESSAGES_EACH * 0.8);
      expect(deleted.size).toBeGreaterThan(5);
    });

    it('leave all counters exact', async () => {
      await expectExactCounters();
      const { body } = await test.client.get(`/v1/channels/${channel.id}`);
      const left = [...acknowledged].filter((id) => !deleted.has(id));
      expect(body.lastReceivedMessage.id).toBe(Math.max(...left));
    });

    it('show every walk all that was answered before it began, nothing twice, in order', () => {
      expect(seenByWalks.length).toBeGreaterThan(3);
      for (const { before, ids } of seenByWalks) {
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
        expect(before.filter((id) => !deleted.has(id) && !ids.includes(id))).toEqual([]);
      }
    });

    it('show nobody a message that comes before one they have seen', () => {
      expect(polls).toBeGreaterThan(5);
      expect(appearedLate).toEqual([]);
    });

    it('write one event each, those of the channel in the order of its messages', async () => {
      const events = await eventsOf(channel);
      const of = (type: string) => events.filter((event) => event.type === type).map((event) => event.subject_id);
      expect(of('message.sent')).toEqual([...acknowledged].sort((a, b) => a - b));
      expect(of('message.deleted').sort()).toEqual([...deleted].sort());
    });
  });

  it('of the same members, who join and leave, leave whoever joined last', async () => {
    const users = await test.make.users(4);
    const channel = await test.make.channel({ members: users.slice(0, 2) });
    const answers = await times(80, () => {
      const { id } = oneOf(users);
      const members = `/v1/channels/${channel.id}/members`;
      return Math.random() < 0.5 ? test.client.post(members, { id }) : test.client.delete(`${members}/${id}`);
    });
    const { 200: done, 404: notThere = 0, ...others } = tally(answers);
    expect([others, done! + notThere]).toEqual([{}, 80]);
    const events = await eventsOf(channel);
    const isMember = new Map(users.map(({ id }, index) => [id, index < 2]));
    for (const { type, subject_id } of events.filter((event) => event.type.startsWith('channel.member_'))) {
      expect(isMember.get(subject_id)).toBe(type === 'channel.member_removed');
      isMember.set(subject_id, type === 'channel.member_added');
    }
    const members = await test.client.all(`/v1/channels/${channel.id}/members`, 'users');
    expect(members.map(({ id }) => id)).toEqual(users.map(({ id }) => id).filter((id) => isMember.get(id)));
    await expectExactCounters();
  });

  it('of users with the same names make each once, and delete each once', async () => {
    const made = await times(60, (index) =>
      test.client.post('/v1/users', { name: `same ${index % 20}`, displayName: 'Same' }),
    );
    expect(tally(made)).toEqual({ 200: 20, 400: 40 });
    for (const { status, body } of made) if (status === 400) expect(body.errors[0].code).toBe('already_exists');
    const ids = made.flatMap(({ status, body }) => (status === 200 ? [body.id as number] : []));
    const removed = await times(60, (index) => test.client.delete(`/v1/users/${ids[index % 20]}`));
    expect(tally(removed)).toEqual({ 200: 20, 404: 40 });
    await test.jobsDone();
    await expectExactCounters();
  });

  it('of the same channel make it once', async () => {
    const [ann, bob] = await test.make.users(2);
    const named = await times(20, () => test.make.channel({ name: 'the same', members: [ann!] }));
    const direct = await times(20, (index) =>
      test.make.channel({ type: 'DIRECT', members: index % 2 ? [ann!, bob!] : [bob!, ann!] }),
    );
    expect(new Set(named.map(({ id }) => id)).size).toBe(1);
    expect(new Set(direct.map(({ id }) => id)).size).toBe(1);
    await expectExactCounters();
  });

  it('under one Idempotency-Key are done once, and answered alike', async () => {
    const channel = await test.make.channel();
    const answers = await times(20, () =>
      test.client.post(
        `/v1/channels/${channel.id}/messages`,
        { type: 'TEXT', body: 'once' },
        { 'idempotency-key': 'parallel' },
      ),
    );
    expect(tally(answers)).toEqual({ 200: 20 });
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') !== 'true')).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await test.client.all(`/v1/channels/${channel.id}/messages`, 'messages')).toHaveLength(1);
    await expectExactCounters();
  });

  it('into a channel that is being deleted are done or find it gone', async () => {
    const users = await test.make.users(5);
    const channel = await test.make.channel({ members: users });
    const other = await test.make.channel({ members: users });
    const answers: Answer[] = [];
    let isDeleted = false;
    const senders = times(20, async (index) => {
      while (!isDeleted) answers.push(await send(index % 4 ? channel : other, 'x', { id: users[index % 5]!.id }));
      answers.push(await send(channel, 'late', { id: users[index % 5]!.id }));
    });
    while (answers.length < 60) await new Promise((resolve) => setTimeout(resolve, 5));
    const deletions = await times(3, () => test.client.delete(`/v1/channels/${channel.id}`));
    isDeleted = true;
    await senders;
    expect(tally(deletions)).toEqual({ 200: 1, 404: 2 });
    const { 200: sent, 404: gone, ...others } = tally(answers);
    expect([others, sent! > 0, gone! >= 20]).toEqual([{}, true, true]);
    await test.jobsDone();
    await expectExactCounters();
    for (const table of ['messages', 'memberships', 'threads']) {
      const left = await test.database.query(`SELECT 1 FROM ${table} WHERE channel_id = ?`, [channel.id]);
      expect([table, left]).toEqual([table, []]);
    }
  });

  it('of every kind at once never fail, and leave all counters exact', async () => {
    const users = await test.make.users(6);
    const channels = await times(3, () => test.make.channel({ members: users.slice(0, 4) }));
    const sent: number[] = [];
    const { client } = test;
    const text = () => ({ type: 'TEXT', body: 'x', ...(Math.random() < 0.7 && { user: { id: oneOf(users).id } }) });
    const kinds: (() => Promise<Answer>)[] = [
      async () => {
        const answer = await client.post(`/v1/channels/${oneOf(channels).id}/messages`, text());
        if (answer.status === 200) sent.push(answer.body.id as number);
        return answer;
      },
      () => client.post(`/v1/threads/${oneOf(sent) ?? 1}/messages`, text()),
      () => client.delete(`/v1/messages/${oneOf(sent) ?? 1}`),
      () => client.patch(`/v1/messages/${oneOf(sent) ?? 1}`, { body: 'y' }),
      () => client.post(`/v1/channels/${oneOf(channels).id}/members`, { id: oneOf(users).id }),
      () => client.delete(`/v1/channels/${oneOf(channels).id}/members/${oneOf(users).id}`),
      () => client.patch(`/v1/users/${oneOf(users).id}`, { displayName: 'Other' }),
      () => client.patch(`/v1/channels/${oneOf(channels).id}`, { displayName: 'Other' }),
      async () => {
        const made = await client.post('/v1/channels', { type: 'PRIVATE', members: users.map(({ id }) => ({ id })) });
        if (made.status === 200) channels.push(made.body as MadeChannel);
        return made;
      },
      () => (Math.random() < 0.2 ? client.delete(`/v1/channels/${oneOf(channels).id}`) : client.get('/v1/channels')),
      () => (Math.random() < 0.05 ? client.delete(`/v1/users/${oneOf(users).id}`) : client.get('/v1/users')),
    ];
    const answers = (await times(25, () => series(20, () => oneOf(kinds)()))).flat();
    const { 200: done, 400: refused = 0, 404: gone = 0, ...others } = tally(answers);
    expect([others, done! + refused + gone]).toEqual([{}, 500]);
    expect(done).toBeGreaterThan(150);
    await test.jobsDone();
    await expectExactCounters();
  });
});

async function series<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index++) results.push(await work());
  return results;
}
