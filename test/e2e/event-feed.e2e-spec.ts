import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { EventLog } from '../../src/events/event-log.js';
import { startApp, TestApp } from '../support/app.js';
import { expectRefusal } from '../support/refusals.js';
import { pause, until } from '../support/wait.js';

interface Event {
  id: number;
  type: string;
  applicationId: number;
  channelId?: number;
  data: Record<string, any>;
}

const isMysql = process.env.DATABASE_URL!.startsWith('mysql:');

describe('the feed of events', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  const page = async (query: string) => (await test.client.get(`/v1/events?${query}`)).body;
  const all = (query = '') => test.client.all<Event>(`/v1/events?size=100&${query}`, 'events');
  /** Where to go on from after all that there is now. */
  const end = async (): Promise<number> => {
    const marker = await test.make.user();
    await until('the feed has what was written last', async () =>
      (await all()).some(({ type, data }) => type === 'user.created' && data.subjectId === marker.id),
    );
    return (await all()).at(-1)!.id;
  };

  it('has everything that happened in this application, in order', async () => {
    const after = await end();
    const channel = await test.make.channel();
    await test.stranger.post('/v1/users', { name: 'of another', displayName: 'X' });
    const message = await test.make.message(channel, 'Hello');
    await until('both are there', async () => (await all(`after=${after}`)).length === 2);
    const { applicationId } = test.application;
    expect(await all(`after=${after}`)).toMatchObject([
      { type: 'channel.created', applicationId, channelId: channel.id, data: { subjectId: channel.id } },
      { type: 'message.sent', applicationId, channelId: channel.id, data: { subjectId: message.id, body: 'Hello' } },
    ]);
    expect((await test.stranger.all<Event>('/v1/events', 'events')).map((event) => event.applicationId)).not.toContain(
      applicationId,
    );
  });

  it('is walked by links, and gone on with from where it ended', async () => {
    const after = await end();
    const made: number[] = [];
    for (let n = 0; n < 7; n++) made.push((await test.make.user()).id);
    await until('all are there', async () => (await all(`after=${after}`)).length === 7);
    const seen: number[] = [];
    let at: string | undefined = `/v1/events?after=${after}&size=3&types=user.*`;
    let next = '';
    let pages = 0;
    while (at !== undefined) {
      const { body } = await test.client.get(at);
      seen.push(...(body._embedded.events as Event[]).map(({ data }) => data.subjectId as number));
      next = body.page.next;
      at = body._links.next?.href;
      pages++;
    }
    expect([seen, pages]).toEqual([made, 3]);
    const empty = await page(`after=${next}`);
    expect([empty._embedded.events, empty._links.next, empty.page]).toEqual([[], undefined, { size: 0, next }]);
    const late = await test.make.user();
    await until('there is one more', async () => (await all(`after=${next}`)).length === 1);
    expect((await all(`after=${next}`))[0]!.data.subjectId).toBe(late.id);
  });

  it('can be of some types', async () => {
    const after = await end();
    const channel = await test.make.channel();
    await test.make.message(channel, 'x');
    const user = await test.make.user();
    await test.client.delete(`/v1/users/${user.id}`);
    await until('all are there', async () => (await all(`after=${after}`)).length === 4);
    const types = async (filter: string) => (await all(`after=${after}&types=${filter}`)).map(({ type }) => type);
    expect(await types('user.*')).toEqual(['user.created', 'user.deleted']);
    expect(await types('message.sent,user.deleted')).toEqual(['message.sent', 'user.deleted']);
    expect(await types('*')).toHaveLength(4);
    expect(await types('webhook.*')).toEqual([]);
  });

  it('refuses what it cannot mean', async () => {
    expectRefusal('types', await test.client.get('/v1/events?types=user.*,mesage.sent,x'), ['types[1]', 'types[2]']);
    expectRefusal('after', await test.client.get('/v1/events?after=-1'), ['after']);
    expectRefusal('after', await test.client.get('/v1/events?after=x'), ['after']);
  });

  it('finds few events among very many of others', async () => {
    const after = await end();
    const [{ id: theirs }] = (await test.database.query<{ id: number }>('SELECT MAX(id) AS id FROM applications')) as [
      { id: number },
    ];
    const rows = Array.from({ length: 1_000 }, () => `(${theirs}, 'user.updated', 1, '{}', 1)`).join(', ');
    for (let times = 0; times < 25; times++)
      await test.database.execute(
        `INSERT INTO events (application_id, type, subject_id, payload, created_time) VALUES ${rows}`,
      );
    const user = await test.make.user();
    // The subscriber reads through all of them before.
    await until('it is there', async () => (await all(`after=${after}`)).length === 1, 40_000);
    expect((await all(`after=${after}`))[0]!.data.subjectId).toBe(user.id);
    const first = await page(`after=${after}`);
    expect(first._embedded.events).toEqual([]);
    expect(Number(first.page.next)).toBe(after + 20_000);
  });

  // On SQLite a unit has the database to itself: nothing can be written while one is open.
  // On SQLite nobody else writes while a unit is open.
  if (isMysql)
    it('waits for an event that is not committed yet, and never passes over it', async () => {
      const after = await end();
      const { applicationId } = test.application;
      let commit = (): void => undefined;
      let isOpen = false;
      const held = new Promise<void>((resolve) => (commit = resolve));
      const open = test.app.get(UnitOfWork).run(async () => {
        await test.app
          .get(EventLog)
          .append({ applicationId, type: 'user.updated', subjectId: 4711, payload: {}, createdTime: Date.now() });
        isOpen = true;
        await held;
      });
      await until('the transaction has its event', () => isOpen);
      const user = await test.make.user();
      await until('the subscriber has passed over the one', async () => {
        const [row] = await test.database.query<{ gaps: string }>(
          "SELECT gaps FROM event_positions WHERE subscriber = 'webhooks'",
        );
        return row!.gaps !== '[]';
      });
      const waiting = await page(`after=${after}`);
      expect([waiting._embedded.events, waiting.page.next]).toEqual([[], String(after)]);
      await pause(1_500);
      expect((await page(`after=${after}`)).page.next).toBe(String(after));
      commit();
      await open;
      await until('both are there', async () => (await all(`after=${after}`)).length === 2);
      expect((await all(`after=${after}`)).map(({ data }) => data.subjectId)).toEqual([4711, user.id]);
    });
});
