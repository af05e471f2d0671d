import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { Retention } from '../../src/operations/retention.js';
import { FileStorage } from '../../src/storage/file-storage.js';
import { startApp, TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { ended, imported, Job } from '../support/jobs.js';
import { Make } from '../support/make.js';

const DAY_MS = 86_400_000;

describe('exports', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  const another = async () =>
    Client.of(test.url, await test.app.get(ApplicationsService).create('Another'), new Contract());

  async function exported(client: Client, path: string): Promise<{ job: Job; text: string; type: string }> {
    const { status, body } = await client.post(path);
    expect(status).toBe(202);
    const job = await ended(client, body.id as number);
    expect(job).toMatchObject({ state: 'FINISHED', progress: 100 });
    expect(job._links.file!.href).toMatch(new RegExp(`/v1/applications/[0-9]+/jobs/${job.id}/file$`));
    const answer = await client.get(job.file!);
    expect(answer.status).toBe(200);
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="[a-z-]+-[0-9]+\.(csv|jsonl|json)"$/,
    );
    return { job, text, type: answer.headers.get('content-type')! };
  }

  it('of users are tables, in which nothing is a formula', async () => {
    const client = await another();
    const make = new Make(client);
    const names = ['=SUM(1)', '+1', '-1', '@a', 'plain', 'a "quoted", name', 'line\nbreak'];
    for (const [index, displayName] of names.entries())
      await make.user({ name: `u${index}`, displayName, properties: { a: index } });
    const { text, type, job } = await exported(client, '/v1/analytics/users');
    expect([job.type, type, job.counts.created]).toEqual(['USER_ANALYTICS_EXPORT', 'text/csv; charset=utf-8', 7]);
    const lines = text.split('\r\n');
    expect(lines[0]).toBe(
      'id,type,name,displayName,isGuest,presenceStatus,channelCount,messageCount,createdTime,properties',
    );
    expect(lines).toHaveLength(9);
    for (const [index, shown] of ["'=SUM(1)", "'+1", "'-1", "'@a", 'plain', '"a ""quoted"", name"'].entries())
      expect(lines[index + 1]).toContain(`,PERSON,u${index},${shown},false,`);
    expect(lines[5]).toContain('"{""a"":4}"');
  });

  it('of messages are lines of JSON, if that is asked for', async () => {
    const client = await another();
    const make = new Make(client);
    const [ann] = await make.users(1);
    const channel = await make.channel({ members: [ann!], name: 'talk' });
    const first = await make.message(channel, '=1+1', ann);
    await make.reply(first, 'A reply');
    const { text, type, job } = await exported(client, '/v1/analytics/messages?format=JSONL');
    expect([job.type, type]).toEqual(['MESSAGE_ANALYTICS_EXPORT', 'application/x-ndjson']);
    const records = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toMatchObject([
      { id: first.id, body: '=1+1', username: ann!.name, channelName: 'talk', nestedLevel: 0, properties: {} },
      { body: 'A reply', nestedLevel: 1, threadId: first.id, type: 'SYSTEM_TEXT' },
    ]);
    expect(await exported(client, '/v1/analytics/messages')).toMatchObject({
      text: expect.stringContaining(",'=1+1,"),
    });
    expect((await client.post('/v1/analytics/messages?format=XML')).status).toBe(400);
  });

  it('of nothing are files as well', async () => {
    const client = await another();
    expect((await exported(client, '/v1/analytics/users')).text).toMatch(/^id,type.*\r\n$/);
    expect((await exported(client, '/v1/analytics/messages?format=JSONL')).text).toBe('');
    expect((await exported(client, '/v1/exports/application')).text).toBe('[]');
  });

  it('can be downloaded by whoever may read what is in them, for as long as they are kept', async () => {
    const { body } = await test.client.post('/v1/analytics/users');
    const job = await ended(test.client, body.id as number);
    const application = test.application;
    const client = await Client.of(test.url, application, new Contract(), 'read:job read:message');
    expect((await client.get(`/v1/jobs/${job.id}`)).status).toBe(200);
    expect((await client.get(job.file!)).status).toBe(403);
    expect((await test.client.get(job.file!)).status).toBe(200);
    expect((await test.stranger.get(job.file!)).status).toBe(404);
    const retention = test.app.get(Retention);
    await retention.clean(Date.now() + 6 * DAY_MS);
    expect((await test.client.get(job.file!)).status).toBe(200);
    await retention.clean(Date.now() + 8 * DAY_MS);
    expect((await test.client.get(job.file!)).status).toBe(404);
    expect((await test.client.get(`/v1/jobs/${job.id}`)).body.file).toBeUndefined();
    for await (const { key } of test.app.get(FileStorage).list('jobs')) expect(key).not.toContain(`/${job.id}/`);
  });

  it('are listed in the order of their ids, running ones or ended ones', async () => {
    const client = await another();
    await exported(client, '/v1/analytics/users');
    await exported(client, '/v1/analytics/messages');
    const jobs = await client.all<Job>('/v1/jobs', 'jobs');
    expect(jobs.map(({ type }) => type)).toEqual(['USER_ANALYTICS_EXPORT', 'MESSAGE_ANALYTICS_EXPORT']);
    expect(await client.all('/v1/jobs?running=false', 'jobs')).toEqual(jobs);
    expect(await client.all('/v1/jobs?running=true', 'jobs')).toEqual([]);
    // Deletions are jobs of the server's own.
    const user = await new Make(client).user();
    await client.delete(`/v1/users/${user.id}`);
    expect(await client.all('/v1/jobs', 'jobs')).toHaveLength(2);
  });

  describe('of an application', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .map((text) => text.replaceAll('\0', '').toWellFormed().trim())
      .filter((text) => /^\S(.*\S)?$/su.test(text));
    const names = fc.uniqueArray(name, { minLength: 3, maxLength: 5 });
    // The engines keep what tenants wrote as text, so any JSON comes back as it was.
    const properties = fc
      .dictionary(
        fc.string({ maxLength: 5 }).filter((key) => !['__proto__', 'constructor'].includes(key) && !key.includes('\0')),
        fc.oneof(fc.string({ unit: 'grapheme', maxLength: 10 }), fc.integer(), fc.boolean(), fc.constant(null)),
        { maxKeys: 3 },
      )
      .map((given) => JSON.parse(JSON.stringify(given).replaceAll('\\u0000', '')) as Record<string, unknown>);
    const body = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map((text) => text.replaceAll('\0', '').toWellFormed())
      .filter((text) => text.length > 0);
    const message = fc.record({
      sender: fc.nat(5),
      channel: fc.nat(4),
      parent: fc.option(fc.nat(20)),
      body,
      properties,
      groupTag: fc.option(fc.constantFrom('a', '=b')),
      isFile: fc.boolean(),
      edit: fc.option(body),
    });

    /** Everything that the API tells, without what differs between any two applications: ids, and links with them. */
    async function told(client: Client): Promise<unknown> {
      const ids = new Map<string, string>();
      const naming = (kind: string, list: { id: number }[]) =>
        list.forEach(({ id }, index) => ids.set(`${kind} ${id}`, `${kind}-${index}`));
      const users = await client.all<any>('/v1/users?sort=id', 'users');
      const channels = await client.all<any>('/v1/channels?sort=id', 'channels');
      const messages = (await client.all<any>('/v1/messages', 'messages')).reverse();
      naming('user', users);
      naming('channel', channels);
      naming('message', messages);
      const plain = (value: any, kind = ''): any => {
        if (Array.isArray(value)) return value.map((part) => plain(part, kind));
        if (typeof value !== 'object' || value === null) return value;
        return Object.fromEntries(
          Object.entries<any>(value)
            .filter(([key]) => key !== '_links')
            .map(([key, part]) => {
              if (key === 'id') return [key, ids.get(`${kind} ${part}`) ?? 'nobody'];
              if (key === 'channelId') return [key, ids.get(`channel ${part}`)];
              if (key === 'properties') return [key, part];
              // Of deleted users only the id is told by their name.
              if (key === 'name' && kind === 'user')
                return [key, String(part).replace(/^deleted-user-\d+$/, 'deleted')];
              const inner = ['user', 'creator', 'members'].includes(key)
                ? 'user'
                : key === 'lastReceivedMessage'
                  ? 'message'
                  : key === 'channel'
                    ? 'channel'
                    : key === 'mentions'
                      ? 'mention'
                      : '';
              return [key, plain(part, inner)];
            }),
        );
      };
      const members = [];
      const threads = [];
      for (const channel of channels)
        if (channel.type !== 'DIRECT') {
          members.push(plain(await client.all(`/v1/channels/${channel.id}/members`, 'users'), 'user'));
          members.push(plain(await client.all<any>(`/v1/channels/${channel.id}/memberships`, 'memberships')));
          members.push(plain(await client.all(`/v1/channels/${channel.id}/moderators`, 'users'), 'user'));
        }
      for (const { id } of messages) {
        threads.push(plain(await client.all(`/v1/threads/${id}/messages`, 'messages'), 'message'));
        threads.push(plain((await client.get(`/v1/threads/${id}`)).body, 'message'));
      }
      const inChannels = [];
      for (const { id } of channels)
        inChannels.push(plain(await client.all(`/v1/channels/${id}/messages`, 'messages'), 'message'));
      return {
        users: plain(users, 'user'),
        channels: plain(channels, 'channel'),
        messages: plain(messages, 'message'),
        members,
        threads,
        inChannels,
      };
    }

    it('make another application the same, field by field', async () => {
      const world = fc.record({
        names,
        displayNames: fc.array(name, { minLength: 5, maxLength: 5 }),
        properties: fc.array(properties, { minLength: 5, maxLength: 5 }),
        channelNames: fc.uniqueArray(name, { minLength: 2, maxLength: 2 }),
        messages: fc.array(message, { minLength: 3, maxLength: 12 }),
        deletesUser: fc.boolean(),
        deletesMessage: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(world, async (given) => {
          const [source, target] = [await another(), await another()];
          await build(source, given);
          await test.jobsDone();
          const { body } = await source.post('/v1/exports/application');
          const job = await ended(source, body.id as number);
          const file = await fetch(`${job.file}`, { headers: { authorization: `Bearer ${source.token}` } });
          const text = await file.text();
          const result = await imported(target, '/v1/imports/application', text);
          expect([result.counts.failed, result._links.errors]).toEqual([0, undefined]);
          expect(await told(target)).toEqual(await told(source));
          const again = await imported(target, '/v1/imports/application', text);
          expect(again.counts).toMatchObject({ created: 0, failed: 0 });
          expect(await told(target)).toEqual(await told(source));
        }),
        { numRuns: 6, endOnFailure: true },
      );
      expect((await new CounterCheck(test.database).run()).differences).toEqual([]);
    }, 120_000);

    async function build(client: Client, given: any): Promise<void> {
      const make = new Make(client);
      const users: any[] = [];
      for (const [index, userName] of (given.names as string[]).entries())
        users.push(
          await make.user({
            name: userName,
            displayName: given.displayNames[index],
            isGuest: index === 1,
            properties: given.properties[index],
          }),
        );
      await client.patch(`/v1/users/${users[0].id}`, { presence: { status: 'AWAY' } });
      const picture = { url: 'https://example.org/me.png', name: 'me.png', contentType: 'image/png', size: 7 };
      await client.post(`/v1/users/${users[1].id}/display-picture`, picture);
      const [one, two] = given.channelNames as [string, string];
      const channels = [
        await make.channel({
          name: one,
          members: users,
          properties: given.properties[0],
          creator: { id: users[2].id },
        }),
        await make.channel({ type: 'PRIVATE', name: two, displayName: `${one}!`, members: users }),
        await make.channel({ type: 'DIRECT', members: users.slice(0, 2) }),
        await make.channel({ type: 'DIRECT', members: users.slice(0, 3), creator: { id: users[0].id } }),
        await make.channel({ members: [] }),
      ];
      for (const { id } of [users[0], users[2]])
        expect((await client.post(`/v1/channels/${channels[0]!.id}/moderators`, { id })).status).toBe(200);
      const sent: any[] = [];
      for (const item of given.messages) {
        const parent = item.parent === null ? undefined : sent[item.parent % Math.max(1, sent.length)];
        const channel = parent ? channels.find(({ id }) => id === parent.channelId)! : channels[item.channel]!;
        const sender = users[item.sender];
        const isMember = sender && (channel.type !== 'DIRECT' || users.indexOf(sender) < 2) && channel !== channels[4];
        const message = {
          ...(item.isFile
            ? { type: 'FILE', file: { url: 'https://example.org/f', name: item.body, contentType: 'a/b', size: 1 } }
            : { type: 'TEXT', body: `${item.body} <@${users[0].name}> https://example.org` }),
          properties: item.properties,
          ...(item.groupTag && { groupTag: item.groupTag }),
          ...(isMember && { user: { id: sender.id } }),
        };
        const path = parent ? `/v1/threads/${parent.id}/messages` : `/v1/channels/${channel.id}/messages`;
        const { status, body } = await client.post(path, message);
        expect([status, body.explanation]).toEqual([200, undefined]);
        sent.push(body);
        if (item.edit && !item.isFile) await client.patch(`/v1/messages/${body.id}`, { body: item.edit });
      }
      // Who has left, and who does not exist any more, has written all the same.
      await client.delete(`/v1/channels/${channels[1]!.id}/members/${users[1].id}`);
      if (given.deletesUser) await client.delete(`/v1/users/${users[2].id}`);
      const answered = sent.find(({ id }) => sent.some((other) => other.nestedLevel > 0 && other.id > id));
      if (given.deletesMessage && answered) await client.delete(`/v1/messages/${answered.id}`);
    }
  });
});
