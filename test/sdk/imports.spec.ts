import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApplicationJobResource,
  ChatKitty,
  DirectChannelResource,
  PublicChannelResource,
} from 'chatkitty-platform-sdk';
import { Job, report } from '../support/jobs.js';
import { sendingForms } from '../support/sdk-forms.js';
import { href, idsOf, listed, refusal, SdkWorld } from '../support/sdk-world.js';
import { until } from '../support/wait.js';

describe('Imports and jobs of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  let options: ReturnType<typeof sendingForms>;
  beforeAll(async () => {
    world = await SdkWorld.start('imports');
    ({ kitty } = world);
    options = sendingForms(kitty);
  });
  afterAll(() => world?.stop());

  const importUsers = async (items: unknown) => (await kitty.Imports.importUsers(fileOf(items), options)).data;
  const userNamed = async (name: string) =>
    (await kitty.Users.listUsers(0, 1, undefined, name)).data._embedded!.users![0];

  it('imports users, reports those that it cannot, and skips what was imported before', async () => {
    const [first, second, taken] = [world.unique('imported'), world.unique('imported'), await world.createUser()];
    const items = [
      { name: first, displayName: 'One', guest: true, properties: { A: [1, null] }, idempotencyKey: 'user-1' },
      { name: '', displayName: 7, idempotencyKey: 'user-2' },
      { name: taken.name, displayName: 'Taken' },
      { name: second, display_name: 'Two', is_guest: false },
    ];

    const started = await kitty.Imports.importUsers(fileOf(items), options);

    expect(started.status).toBe(202);
    expect(started.data).toMatchObject({ type: 'USER_IMPORT', state: expect.stringMatching(/^(PENDING|RUNNING)$/) });
    const job = await finished(started.data);
    expect(job).toMatchObject({ progress: 100, counts: { total: 4, processed: 4, created: 2, skipped: 0, failed: 2 } });
    expect(Date.parse(job.endedTime!)).toBeGreaterThanOrEqual(Date.parse(started.data.createdTime));
    expect(await userNamed(first)).toMatchObject({ displayName: 'One', isGuest: true, properties: { A: [1, null] } });
    expect(await userNamed(second)).toMatchObject({ displayName: 'Two', isGuest: false });
    const [invalid, duplicate] = await report(world.links, job);
    expect(invalid).toMatchObject({ index: 1, idempotencyKey: 'user-2' });
    expect(invalid!.errors.map(({ field, code }) => [field, code])).toEqual([
      ['name', 'invalid'],
      ['displayName', 'invalid'],
    ]);
    expect(duplicate).toMatchObject({
      index: 2,
      errors: [{ resource: 'User', field: 'name', code: 'already_exists' }],
    });

    // The same file again, with the second item put right.
    const better = [items[0], { name: world.unique('imported'), displayName: 'Better', idempotencyKey: 'user-2' }];
    const again = await finished(await importUsers(better));
    expect(again.counts).toEqual({ total: 2, processed: 2, created: 1, skipped: 1, failed: 0 });
    expect(again._links).not.toHaveProperty('errors');
  });

  it('imports channels', async () => {
    const [a, b] = [await world.createUser(), await world.createUser()];
    const name = world.unique('imported');
    const items = [
      { type: 'PUBLIC', name, creator: a.name, members: [b.name], properties: { Floor: 1 }, idempotencyKey: 'channel' },
      { type: 'DIRECT', members: [a.name, b.name] },
      { type: 'PUBLIC', members: ['nobody at all'] },
      { type: 'PUBLIC', name, members: [], idempotencyKey: 'channel' },
    ];

    const job = await finished((await kitty.Imports.importChannels(fileOf(items), options)).data);

    expect(job).toMatchObject({ type: 'CHANNEL_IMPORT', counts: { created: 2, skipped: 1, failed: 1 } });
    expect(await report(world.links, job)).toMatchObject([
      { index: 2, errors: [{ resource: 'User', field: 'members[0]', code: 'missing' }] },
    ]);
    const channels = (await kitty.Users.listUserChannels(a.id, 0, 10, ['createdTime'])).data._embedded!.channels!;
    const [group, direct] = channels as [PublicChannelResource, DirectChannelResource];
    expect(channels).toHaveLength(2);
    expect(group).toMatchObject({ type: 'PUBLIC', name, creator: { id: a.id }, properties: { Floor: 1 } });
    expect(idsOf((await kitty.Channels.listChannelMembers(group.id)).data._embedded!.users!)).toEqual(idsOf([a, b]));
    expect(direct.type).toBe('DIRECT');
    expect(idsOf(direct.members)).toEqual(idsOf([a, b]));
  });

  it('imports members of a channel', async () => {
    const [a, b] = [await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([a]);
    const items = [{ username: a.name }, { username: 'nobody at all' }, { username: b.name, idempotencyKey: 'member' }];

    const job = await finished((await kitty.Imports.importChannelMembers(channel.id, fileOf(items), options)).data);

    expect(job).toMatchObject({ type: 'CHANNEL_MEMBERS_IMPORT', counts: { created: 1, skipped: 1, failed: 1 } });
    expect(await report(world.links, job)).toMatchObject([
      { index: 1, errors: [{ resource: 'User', field: 'username', code: 'missing' }] },
    ]);
    expect(idsOf(await world.links.all(href(channel, 'members'), 'users'))).toEqual(idsOf([a, b]));
    const importTo = (id: number) => refusal(kitty.Imports.importChannelMembers(id, fileOf(items), options));
    const direct = (await kitty.Channels.createChannel({ type: 'DIRECT', members: listed([a, b]) })).data;
    const fixed = await importTo(direct.id);
    expect(fixed.status).toBe(400);
    expect(fixed.data.errors).toMatchObject([{ resource: 'Channel', field: 'members', code: 'unprocessable' }]);
    expect(await importTo(9_007_199_254_740_991)).toMatchObject({ status: 404 });
  });

  it('imports messages, of which nobody is notified', async () => {
    const [sender, reader] = [await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([sender, reader]);
    const channelId = channel.id;
    const items = [
      { type: 'TEXT', channelId, user: sender.name, body: 'First', properties: { A: 1 }, idempotencyKey: 'message' },
      { type: 'TEXT', channelId, body: 'By nobody' },
      { type: 'SYSTEM_TEXT', channelId, body: 'Second', groupTag: 'rules' },
      { type: 'TEXT', channelId, user: sender.name, body: 'First', idempotencyKey: 'message' },
    ];

    const job = await finished((await kitty.Imports.importMessages(fileOf(items), options)).data);

    expect(job).toMatchObject({ type: 'MESSAGE_IMPORT', counts: { created: 2, skipped: 1, failed: 1 } });
    expect(await report(world.links, job)).toMatchObject([
      { index: 1, errors: [{ resource: 'Message', field: 'user', code: 'missing_field' }] },
    ]);
    const { data } = await kitty.Channels.listChannelMessages(channelId);
    expect(data._embedded!.messages).toMatchObject([
      { type: 'SYSTEM_TEXT', body: 'Second', groupTag: 'rules' },
      { type: 'TEXT', body: 'First', user: { id: sender.id }, properties: { A: 1 } },
    ]);
    // What is sent afterwards is notified of, so by then the import has been read.
    const next = await world.send(channel, 'Third', sender);
    const notifications = async () =>
      (await kitty.Users.listUserNotifications(reader.id)).data._embedded!.notifications!;
    await until('the reader is notified', async () => (await notifications()).length > 0);
    expect(await notifications()).toMatchObject([{ body: 'Third', data: { message: { id: next.id } } }]);
  });

  it.each([
    ['an object', '{"users":[]}'],
    ['cut off', '[{"name":"cut","displayName":"Cut"},{"na'],
    ['no JSON', '[{"name":nope}]'],
  ])('refuses a file at once that is %s', async (_, text) => {
    const { data: before } = await kitty.Jobs.listJobs();

    const { status, data } = await refusal(kitty.Imports.importUsers(new File([text], 'users.json'), options));

    expect(status).toBe(400);
    expect(data.errors).toMatchObject([{ field: 'file', code: 'invalid' }]);
    expect((await kitty.Jobs.listJobs()).data).toEqual(before);
    expect(await userNamed('cut')).toBeUndefined();
  });

  it('lists jobs page by page, those that run and those that have ended', async () => {
    const started = [await importUsers([]), await importUsers([]), await importUsers([])];
    for (const job of started) await finished(job);

    const ids: number[] = [];
    for (let page = 0, pages = 1; page < pages; page++) {
      const { data } = await kitty.Jobs.listJobs(page, 2, ['createdTime,desc', 'id,desc']);
      ids.push(...idsOf(data._embedded!.jobs!));
      pages = data.page!.totalPages!;
      if (page === pages - 1) expect(data.page!.totalElements).toBe(ids.length);
    }
    expect(ids.slice(0, 3)).toEqual(idsOf(started).reverse());
    expect(new Set(ids).size).toBe(ids.length);
    const { data: ended } = await kitty.Jobs.listJobs(0, 100, ['id,desc'], false);
    expect(idsOf(ended._embedded!.jobs!)).toEqual(ids);
    expect(ended._embedded!.jobs![0]).toEqual((await kitty.Jobs.retrieveJob(ids[0]!)).data);
    expect((await kitty.Jobs.listJobs(0, 100, undefined, true)).data._embedded!.jobs).toEqual([]);
    expect(idsOf(await world.links.all(`${world.server.url}/v1/jobs?size=2&sort=id,desc`, 'jobs'))).toEqual(ids);
  });

  it('does not know jobs that do not exist, or are no imports or exports', async () => {
    expect(await refusal(kitty.Jobs.retrieveJob(9_007_199_254_740_991))).toMatchObject({ status: 404 });
    const { data: before } = await kitty.Jobs.listJobs();
    await kitty.Channels.deleteChannel((await world.createChannel()).id);
    expect((await kitty.Jobs.listJobs()).data).toEqual(before);
  });

  it('have been used whole', () => {
    expect(world.unused()).toEqual([]);
  });

  /** Waits until a job has ended well, and answers it with what the types of the SDK do not have. */
  async function finished({ id, _links }: ApplicationJobResource): Promise<Job> {
    let job = {} as ApplicationJobResource;
    await until(`job ${id} has ended`, async () => {
      job = (await kitty.Jobs.retrieveJob(id)).data;
      return job.endedTime !== undefined;
    });
    expect(job.state).toBe('FINISHED');
    expect(href(job, 'self')).toBe(href({ _links }, 'self'));
    return job as unknown as Job;
  }
});

const fileOf = (items: unknown): File => new File([JSON.stringify(items)], 'items.json', { type: 'application/json' });
