import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationsService, CreatedApplication } from '../../src/applications/applications.service.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { startApp, TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { MadeUser, Make } from '../support/make.js';

describe('application', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  describe('reading', () => {
    it('shows the application of the token, under each of its addresses', async () => {
      const { applicationId, key } = test.application;
      const { status, body } = await test.client.get('/v1/application');
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: applicationId, key, name: 'First', properties: {} });
      expect(body._links.self.href).toBe(`${test.url}/v1/applications/${applicationId}`);
      expect((await test.client.get(body._links.self.href as string)).body).toEqual(body);
      expect((await test.client.get('/application')).body).toMatchObject({ id: applicationId, key });
      const other = (await test.stranger.get('/v1/application')).body;
      expect(other.id).not.toBe(applicationId);
      expect(other.key).not.toBe(key);
    });

    it('leads to everything that it has', async () => {
      const { _links: links } = (await test.client.get('/v1/application')).body;
      for (const relation of ['self', 'settings', 'users', 'channels', 'messages'])
        expect((await test.client.get(links[relation].href as string)).status).toBe(200);
      for (const relation of ['find:users', 'find:channels', 'find:messages'])
        expect(links[relation]).toMatchObject({ href: expect.stringMatching(/\{\?[\w,]+\}$/), templated: true });
    });

    it('sends me on to the address of the caller', async () => {
      const { status, headers } = await test.client.get('/v1/applications/me/users?size=1');
      expect(status).toBe(307);
      const location = `${test.url}/v1/applications/${test.application.applicationId}/users?size=1`;
      expect(headers.get('location')).toBe(location);
      expect((await test.client.get(location)).status).toBe(200);
    });

    it("does not show another application's", async () => {
      const { applicationId } = test.application;
      for (const below of ['', '/settings', '/users', '/channels', '/messages']) {
        const { status, body } = await test.stranger.get(`/v1/applications/${applicationId}${below}`);
        expect(status).toBe(404);
        expect(body.error).toBe('ResourceNotFoundError');
      }
    });
  });

  describe('settings', () => {
    const path = '/v1/application/settings';
    const allEnabled = { guestUsers: 'ENABLED', userCreatedChannels: 'ENABLED' };
    beforeEach(() => test.client.put(path, allEnabled));

    it('are shown flat and nested', async () => {
      const { status, body } = await test.client.get(path);
      expect(status).toBe(200);
      expect(body).toMatchObject({ ...allEnabled, features: allEnabled });
      expect((await test.client.get(body._links.self.href as string)).body).toEqual(body);
      expect((await test.client.get(body._links.application.href as string)).body.id).toBe(
        test.application.applicationId,
      );
    });

    it.each([
      ['flat', { guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' }],
      ['flat, in snake_case', { guest_users: 'DISABLED', user_created_channels: 'ENABLED' }],
      ['nested', { features: { guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' } }],
      ['nested, in snake_case', { features: { guest_users: 'DISABLED', user_created_channels: 'ENABLED' } }],
      ['some here, some there', { guestUsers: 'DISABLED', features: { userCreatedChannels: 'ENABLED' } }],
    ])('are taken %s', async (_, given) => {
      const { status, body } = await test.client.put(path, given);
      expect(status).toBe(200);
      const settings = { guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' };
      expect(body).toMatchObject({ ...settings, features: settings });
      expect((await test.client.get(path)).body).toEqual(body);
      expect((await test.stranger.get(path)).body).toMatchObject(allEnabled);
    });

    it('are taken as they were given out', async () => {
      const { body } = await test.client.get(path);
      expect(await test.client.put(path, body)).toMatchObject({ status: 200, body });
      const snake = await test.client.get(path, { headers: { accept: 'application/vnd.chatkitty+json' } });
      expect(snake.body).toMatchObject({ guest_users: 'ENABLED', features: { user_created_channels: 'ENABLED' } });
      expect(await test.client.put(path, snake.body)).toMatchObject({ status: 200, body });
    });

    it.each([
      ['nothing', {}, ['guestUsers missing_field', 'userCreatedChannels missing_field']],
      ['one alone', { guestUsers: 'DISABLED' }, ['userCreatedChannels missing_field']],
      ['another state', { ...allEnabled, guestUsers: true }, ['guestUsers invalid']],
      ['another nested state', { features: { ...allEnabled, guestUsers: 'on' } }, ['features.guestUsers invalid']],
      ['unknown settings', { ...allEnabled, dark: 'ENABLED' }, ['dark invalid']],
    ])('refuse %s', async (_, given, expected) => {
      const { status, body } = await test.client.put(path, given);
      expect(status).toBe(400);
      expect(body.errors.map(({ field, code }: Record<string, string>) => `${field} ${code}`)).toEqual(expected);
      expect((await test.client.get(path)).body).toMatchObject(allEnabled);
    });
  });

  describe('deleting', () => {
    let doomed: CreatedApplication;
    let client: Client;
    beforeEach(async () => {
      doomed = await test.app.get(ApplicationsService).create('Doomed');
      client = await Client.of(test.url, doomed, new Contract());
    });

    const end = () => client.delete(`/v1/application?confirm=${doomed.key}`);

    it('needs the key of the application, to confirm', async () => {
      for (const [query, code] of [
        ['', 'missing_field'],
        ['?confirm=yes', 'invalid'],
        [`?confirm=${test.application.key}`, 'invalid'],
        [`?confirm=${doomed.key.toUpperCase()}`, 'invalid'],
      ] as const) {
        const { status, body } = await client.delete(`/v1/application${query}`);
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ resource: 'Application', field: 'confirm', code }]);
      }
      expect((await client.get('/v1/application')).status).toBe(200);
    });

    it('answers what it was, and lets nobody in any more', async () => {
      const other = await Client.of(test.url, doomed, new Contract());
      expect((await other.get('/v1/users')).status).toBe(200);
      const before = (await client.get('/v1/application')).body;
      expect(await end()).toMatchObject({ status: 200, body: before });
      for (const stale of [client, other])
        for (const path of ['/v1/application', '/v1/users', `/v1/applications/${doomed.applicationId}/channels`])
          expect(await stale.get(path)).toMatchObject({ status: 401, body: { error: 'unauthorized' } });
      expect((await end()).status).toBe(401);
    });

    it('gives out no tokens any more', async () => {
      await end();
      const response = await fetch(`${test.url}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${doomed.clientId}:${doomed.clientSecret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: 'invalid_client' });
    });

    it('leaves nothing of its data, and everything of the others', async () => {
      const make = new Make(client);
      const people = await make.users(3);
      const [ann, bob] = people as [MadeUser, MadeUser];
      const lively = await make.channel({ members: [ann] });
      await client.post(`/v1/channels/${lively.id}/moderators`, { id: ann.id });
      await client.post(`/v1/channels/${lively.id}/invites`, { user: { id: bob.id } });
      const reported = await make.message(lively, 'Rude');
      await test.app.get(ReportsService).report(doomed.applicationId, reported.id, ann.id, 'spam');
      const session = await test.app.get(SessionsService).startUserSession(doomed.applicationId, ann.id);
      await test.app.get(SessionsService).startChatSession(doomed.applicationId, session.id, lively.id);
      for (const type of ['PUBLIC', 'DIRECT']) {
        const message = await make.message(await make.channel({ type, members: people }), 'Hello', people[0]);
        await make.reply(message, 'Hello back', people[1]);
      }
      const [kept] = await test.make.users(1);
      const keptMessage = await test.make.message(await test.make.channel({ members: [kept!] }), 'Kept', kept);
      await client.post('/v1/users', { name: 'once', displayName: 'Once' }, { 'idempotency-key': 'once' });
      await end();
      await test.jobsDone();
      for (const table of [
        'users',
        'channels',
        'memberships',
        'moderators',
        'channel_invites',
        'message_reports',
        'user_sessions',
        'chat_sessions',
        'messages',
        'threads',
        'access_tokens',
        'clients',
        'idempotency_keys',
      ])
        expect([
          table,
          await test.database.query(`SELECT 1 FROM ${table} WHERE application_id = ?`, [doomed.applicationId]),
        ]).toEqual([table, []]);
      expect((await test.client.get(`/v1/messages/${keptMessage.id}`)).body.user.id).toBe(kept!.id);
      expect((await new CounterCheck(test.database).run()).differences).toEqual([]);
    });

    it('finishes what was being deleted when the application was', async () => {
      const make = new Make(client);
      const people = await make.users(2);
      const channel = await make.channel({ members: people });
      await make.message(channel, 'Hello', people[0]);
      await client.delete(`/v1/users/${people[1]!.id}`);
      await client.delete(`/v1/channels/${channel.id}`);
      await end();
      await test.jobsDone();
      const jobs = await test.database.query<{ type: string; state: string }>(
        'SELECT type, state FROM jobs WHERE application_id = ?',
        [doomed.applicationId],
      );
      expect(jobs.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['USER_DELETION', 'CHANNEL_DELETION', 'APPLICATION_DELETION']),
      );
      expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['FINISHED']));
      expect((await new CounterCheck(test.database).run()).differences).toEqual([]);
    });

    it('keeps out a writer who is in the middle of something', async () => {
      const [user] = await new Make(client).users(1);
      const channel = await new Make(client).channel({ members: [user!] });
      const text = { type: 'TEXT', body: 'Quick', user: { id: user!.id } };
      const sends = Array.from({ length: 10 }, () => client.post(`/v1/channels/${channel.id}/messages`, text));
      const [{ status }, ...answers] = await Promise.all([end(), ...sends]);
      expect(status).toBe(200);
      for (const answer of answers) expect([200, 401, 404]).toContain(answer.status);
      await test.jobsDone();
      expect(
        await test.database.query('SELECT 1 FROM messages WHERE application_id = ?', [doomed.applicationId]),
      ).toEqual([]);
    });
  });
});
