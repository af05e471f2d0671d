import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Config } from '../../src/config/config.js';
import { DeliveriesService } from '../../src/webhooks/deliveries.service.js';
import { LanesRepository } from '../../src/webhooks/lanes.repository.js';
import { WebhookDeliverer } from '../../src/webhooks/webhook-deliverer.js';
import { EVENTS_OUT } from '../../src/webhooks/webhook-queue.js';
import { WebhookSender } from '../../src/webhooks/webhook-sender.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { allIsRead } from '../support/notifications.js';
import { Receiver, signaturesBy } from '../support/receiver.js';
import { pause, until } from '../support/wait.js';

interface Made {
  id: number;
  path: string;
  secret: string;
}

describe('a webhook', () => {
  let test: TestApp;
  let receiver: Receiver;
  let count = 0;
  beforeAll(async () => {
    receiver = await Receiver.start();
    test = await startApp({ WEBHOOKS_ALLOW_PRIVATE: 'true' });
  });
  afterAll(async () => {
    await test.close();
    await receiver.stop();
  });

  /** One with a path of its own at the receiver. */
  const webhook = async (given: Record<string, unknown> = {}): Promise<Made> => {
    const path = `/hook-${++count}`;
    const { status, body } = await test.client.post('/v1/webhooks', { url: receiver.url + path, ...given });
    expect(status).toBe(200);
    return { id: body.id, path, secret: body.secret };
  };
  const deliveries = async ({ id }: Made, state?: string): Promise<any[]> =>
    test.client.all(`/v1/webhooks/${id}/deliveries${state ? `?state=${state}` : ''}`, 'deliveries');
  const ended = (made: Made, howMany: number) =>
    until(
      `${howMany} are delivered to ${made.path}`,
      async () => (await deliveries(made, 'DELIVERED')).length >= howMany,
    );
  /** As if the time until the next attempts had passed. */
  const passTime = async ({ id }: Made) => {
    await test.database.execute('UPDATE webhook_lanes SET due_time = 0 WHERE webhook_id = ? AND lease_owner IS NULL', [
      id,
    ]);
    test.app.get(WebhookDeliverer).wake([id]);
  };
  const remove = async ({ id }: Made) => expect((await test.client.delete(`/v1/webhooks/${id}`)).status).toBe(200);

  it('is told what happens from its creation on, and signs it', async () => {
    await test.make.user();
    const made = await webhook();
    const channel = await test.make.channel();
    const message = await test.make.message(channel, 'Grüße 👋');
    await ended(made, 2);
    const [first, second] = receiver.got.filter(({ path }) => path === made.path);
    const { applicationId } = test.application;
    expect(second!.event).toEqual({
      id: expect.any(Number),
      type: 'message.sent',
      applicationId,
      channelId: channel.id,
      createdTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      data: expect.objectContaining({ subjectId: message.id, body: 'Grüße 👋' }),
    });
    expect(first!.event).toMatchObject({ type: 'channel.created', channelId: channel.id });
    for (const received of [first!, second!]) {
      expect(signaturesBy(made.secret, received)).toEqual([true]);
      expect(received.headers['webhook-id']).toBe(String(received.event.id));
      expect(received.headers['content-type']).toBe('application/json');
      expect(Math.abs(Number(received.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
    }
    expect(await deliveries(made)).toMatchObject([
      { id: second!.event.id, type: 'message.sent', state: 'DELIVERED', attempts: 1, lastStatus: 200 },
      { id: first!.event.id, type: 'channel.created', state: 'DELIVERED', attempts: 1, lastStatus: 200 },
    ]);
    await remove(made);
  });

  it('is told only what it is for, and nothing of other applications', async () => {
    const some = await webhook({ types: ['user.created', 'message.*'] });
    const all = await webhook();
    await test.stranger.post('/v1/users', { name: 'not yours', displayName: 'X' });
    const channel = await test.make.channel();
    const user = await test.make.user();
    await test.make.message(channel, 'x');
    await test.client.patch(`/v1/users/${user.id}`, { displayName: 'Y' });
    await ended(some, 2);
    await ended(all, 4);
    await pause(100);
    const types = (made: Made) =>
      receiver
        .events(made.path)
        .map(({ type }) => type)
        .sort();
    expect(types(some)).toEqual(['message.sent', 'user.created']);
    // The other webhook was made before it.
    expect(types(all)).toEqual(['channel.created', 'message.sent', 'user.created', 'user.updated']);
    const { applicationId } = test.application;
    expect(receiver.events(all.path).every((event) => event.applicationId === applicationId)).toBe(true);
    await Promise.all([some, all].map(remove));
  });

  it('is told of a channel in its order, each event once, while many happen at the same time', async () => {
    const made = await webhook({ types: ['message.sent'] });
    receiver.behave = async () => {
      await pause(Math.random() * 5);
      return 204;
    };
    const channels = await Promise.all([1, 2, 3].map(() => test.make.channel()));
    await Promise.all(Array.from({ length: 90 }, (_, n) => test.make.message(channels[n % 3]!, 'x')));
    await ended(made, 90);
    receiver.behave = () => 200;
    const events = receiver.events(made.path);
    expect(new Set(events.map(({ id }) => id)).size).toBe(90);
    expect(events).toHaveLength(90);
    for (const { id } of channels) {
      const ids = events.filter(({ channelId }) => channelId === id).map((event) => event.data.subjectId as number);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      expect(ids).toHaveLength(30);
    }
    await until('its lanes end', async () => {
      const left = await test.database.query('SELECT 1 FROM webhook_lanes WHERE webhook_id = ?', [made.id]);
      return left.length === 0;
    });
    await remove(made);
  });

  it('is told each event once by several processes, in the order of each channel', async () => {
    const made = await webhook({ types: ['message.sent'] });
    const others = [1, 2].map(
      () => new WebhookDeliverer(test.app.get(Config), test.app.get(LanesRepository), test.app.get(WebhookSender)),
    );
    for (const other of others) other.onApplicationBootstrap();
    const channels = await Promise.all([1, 2, 3, 4].map(() => test.make.channel()));
    const sends = Array.from({ length: 80 }, async (_, n) => {
      await test.make.message(channels[n % 4]!, 'x');
      for (const other of others) other.wake([made.id]);
    });
    await Promise.all(sends);
    await ended(made, 80);
    await Promise.all(others.map((other) => other.beforeApplicationShutdown()));
    const events = receiver.events(made.path);
    expect([events.length, new Set(events.map(({ id }) => id)).size]).toEqual([80, 80]);
    for (const { id } of channels) {
      const ids = events.filter(({ channelId }) => channelId === id).map((event) => event.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    }
    await remove(made);
  });

  it('is told by another process what one that died was telling, once its lease is over', async () => {
    const made = await webhook({ types: ['user.created'] });
    const lanes = test.app.get(LanesRepository);
    await test.client.patch(`/v1/webhooks/${made.id}`, { enabled: false });
    const user = await test.make.user();
    // What has not been read yet cannot be replayed.
    await until('the event has been read', () => allIsRead(test.database, EVENTS_OUT));
    await test.client.post(`/v1/webhooks/${made.id}/replay`, { after: 0 });
    await until('it is in line', async () => (await deliveries(made)).some(({ state }) => state === 'PENDING'));
    await test.jobsDone();
    await test.database.execute('UPDATE webhooks SET enabled = 1 WHERE id = ?', [made.id]);
    const taken = await lanes.claim(made.id, 'one that died', Date.now(), 1_000);
    expect(taken.map(({ lane }) => lane)).toContain(-user.id);
    test.app.get(WebhookDeliverer).wake([made.id]);
    await pause(200);
    expect(receiver.events(made.path)).toEqual([]);
    await test.database.execute('UPDATE webhook_lanes SET due_time = 0 WHERE webhook_id = ?', [made.id]);
    await ended(made, taken.length);
    // Whoever was taken for dead learns of it, and changes nothing any more.
    const late = { state: 'FAILED' as const, status: 500, error: 'x', now: 1, failures: 1, dueTime: 1 };
    const [{ id }] = (await deliveries(made)) as [{ id: number }];
    expect(await lanes.settle(taken[0]!, 'one that died', id, late)).toBe(false);
    expect((await deliveries(made)).every(({ state }) => state === 'DELIVERED')).toBe(true);
    await remove(made);
  });

  it('that fails for one channel holds back that channel alone, until it is tried again', async () => {
    const made = await webhook({ types: ['message.sent'] });
    const [bad, good] = [await test.make.channel(), await test.make.channel()];
    receiver.behave = ({ event }) => (event.channelId === bad.id ? 503 : 200);
    const [one, two] = [await test.make.message(bad, '1'), await test.make.message(bad, '2')];
    await test.make.message(good, '3');
    await ended(made, 1);
    await until('the first has failed', async () => (await deliveries(made, 'FAILED')).length === 1);
    await pause(100);
    expect(await deliveries(made)).toMatchObject([
      { channelId: good.id, state: 'DELIVERED' },
      { channelId: bad.id, state: 'PENDING', attempts: 0 },
      { channelId: bad.id, state: 'FAILED', attempts: 1, lastStatus: 503, lastError: 'answered 503' },
    ]);
    const [failed] = await deliveries(made, 'FAILED');
    expect(Date.parse(failed.nextAttemptTime) - Date.parse(failed.lastAttemptTime)).toBeGreaterThan(1_000);
    // Later it is told more; that waits its turn as well.
    const three = await test.make.message(bad, '4');
    receiver.behave = () => 200;
    await passTime(made);
    await ended(made, 4);
    const subjects = receiver.events(made.path).filter(({ channelId }) => channelId === bad.id);
    expect(subjects.map(({ data }) => data.subjectId)).toEqual([one.id, one.id, two.id, three.id]);
    expect(new Set(subjects.slice(0, 2).map(({ id }) => id)).size).toBe(1);
    await remove(made);
  });

  it('is given up after the time for it, is listed as dead, and can be told again', async () => {
    const made = await webhook({ types: ['user.created'] });
    receiver.behave = () => 500;
    await test.make.user();
    await until('it has failed', async () => (await deliveries(made, 'FAILED')).length === 1);
    await test.database.execute('UPDATE webhook_deliveries SET queued_time = queued_time - ? WHERE webhook_id = ?', [
      72 * 3_600_000,
      made.id,
    ]);
    await passTime(made);
    await until('it is dead', async () => (await deliveries(made, 'DEAD')).length === 1);
    const [dead] = await deliveries(made, 'DEAD');
    expect(dead).toMatchObject({ attempts: 2, lastStatus: 500, endedTime: expect.any(String) });
    expect(dead.nextAttemptTime).toBeUndefined();
    receiver.behave = () => 200;
    await pause(100);
    expect((await deliveries(made, 'DEAD')).length).toBe(1);
    const { status, body } = await test.client.post(`/v1/webhooks/${made.id}/deliveries/${dead.id}/retry`);
    expect([status, body.state]).toEqual([200, 'PENDING']);
    await ended(made, 1);
    expect(await deliveries(made)).toMatchObject([{ id: dead.id, attempts: 3, state: 'DELIVERED' }]);
    await remove(made);
  });

  it('is told in order what came while it was disabled and is replayed, and nothing of it otherwise', async () => {
    const made = await webhook({ types: ['message.sent'] });
    const channel = await test.make.channel();
    await test.make.message(channel, 'before');
    await ended(made, 1);
    const [before] = receiver.events(made.path);
    expect((await test.client.patch(`/v1/webhooks/${made.id}`, { enabled: false })).body.enabled).toBe(false);
    await test.make.message(channel, 'meanwhile');
    await test.make.message(channel, 'still');
    const last = async () => (await test.client.all<any>('/v1/events?types=message.sent', 'events')).at(-1);
    await until('the log has been read', async () => (await last())?.data.body === 'still');
    await test.client.patch(`/v1/webhooks/${made.id}`, { enabled: true });
    await test.make.message(channel, 'after');
    await ended(made, 2);
    const bodies = () => receiver.events(made.path).map(({ data }) => data.body as string);
    expect(bodies()).toEqual(['before', 'after']);
    expect((await test.client.post(`/v1/webhooks/${made.id}/replay`, { after: before!.id })).status).toBe(200);
    await test.jobsDone();
    await ended(made, 4);
    await until('all have come', () => bodies().length === 5);
    expect(bodies()).toEqual(['before', 'after', 'meanwhile', 'still', 'after']);
    // Those before its creation too, if that is what is asked for.
    await test.client.post(`/v1/webhooks/${made.id}/replay`, { after: 0 });
    await test.jobsDone();
    const total = (await test.client.all('/v1/events?types=message.sent&size=100', 'events')).length;
    await ended(made, total);
    expect((await deliveries(made)).length).toBe(total);
    await remove(made);
  });

  it('has two good secrets for a while after one was exchanged, and one if no time is granted', async () => {
    const made = await webhook({ types: ['user.created'] });
    const next = async () => {
      const before = receiver.events(made.path).length;
      await test.make.user();
      await until('it is told', () => receiver.events(made.path).length > before);
      return receiver.got.filter(({ path }) => path === made.path).at(-1)!;
    };
    const { body: second } = await test.client.post(`/v1/webhooks/${made.id}/secret`);
    expect(second.secret).not.toBe(made.secret);
    const both = await next();
    expect(signaturesBy(second.secret, both)).toEqual([true, false]);
    expect(signaturesBy(made.secret, both)).toEqual([false, true]);
    const { body: third } = await test.client.post(`/v1/webhooks/${made.id}/secret`, { overlapSeconds: 0 });
    const one = await next();
    expect(signaturesBy(third.secret, one)).toEqual([true]);
    await remove(made);
  });

  it('is not followed elsewhere, and its answer is not waited for to the end', async () => {
    const made = await webhook({ types: ['user.created'] });
    receiver.behave = (_, answer) => {
      answer.writeHead(302, { location: `${receiver.url}/elsewhere` }).end();
    };
    await test.make.user();
    await until('it has failed', async () => (await deliveries(made, 'FAILED')).length === 1);
    expect(await deliveries(made)).toMatchObject([
      { lastStatus: 302, lastError: 'answered 302; redirects are not followed' },
    ]);
    expect(receiver.events('/elsewhere')).toEqual([]);
    let open = true;
    receiver.behave = (_, answer) => {
      answer.writeHead(200);
      answer.on('close', () => (open = false));
      const pour = (): void => {
        if (open && answer.write('x'.repeat(100_000))) setImmediate(pour);
        else if (open) answer.once('drain', pour);
      };
      pour();
    };
    await passTime(made);
    await ended(made, 1);
    await until('the endless answer is cut off', () => !open);
    receiver.behave = () => 200;
    await remove(made);
  });

  it('that does not answer fails in time, and holds up no other meanwhile', async () => {
    const [slow, quick] = [await webhook({ types: ['user.created'] }), await webhook({ types: ['user.created'] })];
    receiver.behave = ({ path }) => (path === slow.path ? undefined : 200);
    await Promise.all(Array.from({ length: 20 }, () => test.make.user()));
    await ended(quick, 20);
    expect(await deliveries(slow, 'DELIVERED')).toEqual([]);
    // No more at a time than a webhook may have.
    expect(receiver.events(slow.path).length).toBeLessThanOrEqual(8);
    await until('it fails', async () => (await deliveries(slow, 'FAILED')).length > 0, 15_000);
    const [failed] = await deliveries(slow, 'FAILED');
    expect(failed.lastError).toBe('did not answer within 10 seconds');
    receiver.behave = () => 200;
    await Promise.all([slow, quick].map(remove));
  });

  it('says what is wrong with an endpoint that cannot be reached', async () => {
    const { body } = await test.client.post('/v1/webhooks', {
      url: 'http://name.invalid/x',
      types: ['user.created'],
    });
    const closed = await Receiver.start();
    const { url } = closed;
    await closed.stop();
    const refused = await test.client.post('/v1/webhooks', { url, types: ['user.created'] });
    await test.make.user();
    const error = async (id: number) => {
      const made = { id, path: '', secret: '' };
      await until('it fails', async () => (await deliveries(made, 'FAILED')).length > 0);
      return (await deliveries(made, 'FAILED'))[0].lastError;
    };
    expect(await error(body.id)).toMatch(/^the name of the host/);
    expect(await error(refused.body.id)).toBe('the connection was refused');
    for (const { id } of [body, refused.body]) await test.client.delete(`/v1/webhooks/${id}`);
  });

  it('is counted exactly, forgotten in time, and leaves nothing when it is deleted', async () => {
    const made = await webhook({ types: ['user.created'] });
    await Promise.all(Array.from({ length: 5 }, () => test.make.user()));
    await ended(made, 5);
    const check = async () => (await new CounterCheck(test.database).run()).differences;
    expect(await check()).toEqual([]);
    const [oldest] = (await deliveries(made)).slice(-1);
    await test.database.execute(
      'UPDATE webhook_deliveries SET queued_time = 1 WHERE webhook_id = ? AND event_id <= ?',
      [made.id, oldest.id],
    );
    await test.app.get(DeliveriesService).forget(2, () => false);
    const left = await test.client.get(`/v1/webhooks/${made.id}/deliveries`);
    expect([left.body._embedded.deliveries.length, left.body.page.total]).toEqual([4, 4]);
    expect(await check()).toEqual([]);
    await remove(made);
    await test.jobsDone();
    for (const table of ['webhook_deliveries', 'webhook_lanes'])
      expect(await test.database.query(`SELECT 1 FROM ${table} WHERE webhook_id = ?`, [made.id])).toEqual([]);
  });
});
