import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { MadeUser } from '../support/make.js';
import { notified } from '../support/notifications.js';

interface Listed {
  id: number;
}

describe('lists of notifications', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  const people = (count: number) => test.make.users(count) as Promise<[MadeUser, MadeUser, ...MadeUser[]]>;
  /** All of a user once everything has been read, checked against the total. */
  const listOf = async (user: { id: number }): Promise<Listed[]> => {
    await notified(test);
    const { body } = await test.client.get(`/v1/users/${user.id}/notifications?size=100`);
    const { notifications } = body._embedded as { notifications: Listed[] };
    expect(body.page.total).toBe(notifications.length);
    return notifications;
  };

  it('are of users of the caller’s application', async () => {
    const [ann, bob] = await people(2);
    const channel = await test.make.channel({ members: [ann, bob] });
    await test.make.message(channel, 'ours', ann);
    expect(await listOf(bob)).toHaveLength(1);
    expect((await test.stranger.get(`/v1/users/${bob.id}/notifications`)).status).toBe(404);
    expect((await test.client.get('/v1/users/999999/notifications')).status).toBe(404);
    expect((await test.client.get(`/v1/users/${bob.id}/notifications?start=x`)).status).toBe(400);
    expect((await test.client.get(`/v1/users/${bob.id}`)).body._links.notifications.href).toMatch(
      `/users/${bob.id}/notifications`,
    );
  });

  it('are in snake_case for those who ask', async () => {
    const [ann, bob] = await people(2);
    const channel = await test.make.channel({ members: [ann, bob] });
    await test.make.message(channel, `<@${bob.name}>`, ann);
    await notified(test);
    const { body } = await test.client.get(`/users/${bob.id}/notifications`, {
      headers: { accept: 'application/vnd.chatkitty+json' },
    });
    expect(body._embedded.notifications[0]).toMatchObject({
      created_time: expect.any(String),
      channel: { display_name: channel.name },
      data: { channel_id: channel.id, mentioned_user: { display_name: bob.displayName } },
    });
  });

  it('show each once on the way, whatever comes meanwhile', async () => {
    const [ann, bob] = await people(2);
    const channel = await test.make.channel({ members: [ann, bob] });
    for (let count = 0; count < 12; count++) await test.make.message(channel, `old ${count}`, ann);
    const before = (await listOf(bob)).map(({ id }) => id);
    const seen: number[] = [];
    const sending: Promise<unknown>[] = [];
    for (let at: string | undefined = `/v1/users/${bob.id}/notifications?size=2`; at !== undefined;) {
      const { body } = await test.client.get(at);
      seen.push(...(body._embedded.notifications as Listed[]).map(({ id }) => id));
      at = body._links.next?.href as string | undefined;
      sending.push(test.make.message(channel, 'new', ann), test.make.message(channel, 'newer', ann));
    }
    await Promise.all(sending);
    expect(seen).toEqual(before);
    const all = await listOf(bob);
    expect(all).toHaveLength(12 + sending.length);
    expect(all.slice(sending.length).map(({ id }) => id)).toEqual(before);
  });
});
