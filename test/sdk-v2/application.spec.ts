import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationJobResource, ChatKitty } from 'chatkitty';
import { until } from '../support/wait.js';
import { BASE_PATHS, refusal, SdkServer } from './server-sdk.js';

describe('the application of the newest published SDK', () => {
  let world: SdkServer;
  beforeAll(async () => {
    world = await SdkServer.start();
  });
  afterAll(() => world?.server.stop());

  describe.each(BASE_PATHS)('with the base path %j', (path) => {
    let kitty: ChatKitty;
    beforeAll(() => {
      kitty = world.kitty(path);
    });

    const file = (items: object[]) => new File([JSON.stringify(items)], 'items.json', { type: 'application/json' });

    async function ended({ id }: ApplicationJobResource): Promise<ApplicationJobResource> {
      let job: ApplicationJobResource | undefined;
      await until(`job ${id} has ended`, async () => {
        job = (await kitty.JobsApi.retrieveJob(id)).data;
        return job.ended_time !== undefined;
      });
      expect(job).toMatchObject({ id, state: 'FINISHED', counts: { failed: 0 } });
      return job!;
    }

    it('is retrieved', async () => {
      const { data } = await kitty.ApplicationApi.retrieveApplication();
      expect(data).toMatchObject({
        key: expect.any(String),
        created_time: expect.stringMatching(/Z$/),
        properties: {},
      });
    });

    it('has settings, which are taken as they were given out', async () => {
      const before = (await kitty.ApplicationApi.retrieveApplicationSettings()).data;
      const features = { guest_users: 'ENABLED', user_created_channels: 'ENABLED' };
      expect(before).toMatchObject({ ...features, features });
      const change = { guest_users: 'DISABLED', user_created_channels: 'ENABLED' } as const;
      const changed = await kitty.ApplicationApi.updateApplicationSettings(change);
      expect(changed.data).toMatchObject({ ...change, features: change });
      expect((await kitty.ApplicationApi.retrieveApplicationSettings()).data).toEqual(changed.data);
      expect((await kitty.ApplicationApi.updateApplicationSettings(before)).data).toEqual(before);
    });

    it('tells how much each member of each channel has to read', async () => {
      const [ann, bob] = [await world.createUser(path), await world.createUser(path)];
      const channel = await world.createChannel(path, [ann, bob]);
      await world.send(path, channel, 'New', ann);
      const { data } = await kitty.ApplicationApi.retrieveApplicationMessageReadReceiptSummaries({
        page: 0,
        size: 100,
      });
      const counts = Object.fromEntries(data._embedded!.summaries!.map(({ user, count }) => [user.id, count]));
      expect(counts).toMatchObject({ [bob.id]: 1 });
      expect(data._embedded!.summaries!.find(({ user }) => user.id === bob.id)).toMatchObject({
        channel: { id: channel.id, display_name: channel.display_name },
        user: { display_name: bob.display_name, isGuest: false },
      });
    });

    it('imports users, channels, members and messages', async () => {
      const [ann, bob] = [world.unique('ann'), world.unique('bob')];
      const users = [ann, bob].map((name) => ({ name, display_name: name, guest: false, properties: { innerKey: 1 } }));
      const job = (await kitty.ImportsApi.importUsers(file(users))).data;
      expect(job).toMatchObject({ type: 'USER_IMPORT', created_time: expect.stringMatching(/Z$/) });
      await ended(job);
      const [made] = (await kitty.UsersApi.listUsers(0, 1, undefined, ann)).data._embedded!.users!;
      expect(made).toMatchObject({ name: ann, display_name: ann, isGuest: false, properties: { innerKey: 1 } });

      const name = world.unique('imported');
      const channels = [{ type: 'PUBLIC', name, display_name: 'Imported', members: [ann], creator: ann }];
      await ended((await kitty.ImportsApi.importChannels(file(channels))).data);
      const [channel] = (await kitty.UsersApi.listUserChannels(made!.id)).data._embedded!.channels!;
      expect(channel).toMatchObject({ name, display_name: 'Imported' });

      await ended((await kitty.ImportsApi.importChannelMembers(channel!.id, file([{ username: bob }]))).data);
      const members = (await kitty.ChannelsApi.listChannelMembers(channel!.id)).data._embedded!.users!;
      expect(members.map((member) => member.name).sort()).toEqual([ann, bob].sort());

      const messages = [{ type: 'TEXT', channel_id: channel!.id, user: bob, body: 'Old', group_tag: 'g' }];
      await ended((await kitty.ImportsApi.importMessages(file(messages))).data);
      const sent = (await kitty.ChannelsApi.listChannelMessages(channel!.id)).data._embedded!.messages!;
      expect(sent).toMatchObject([{ type: 'TEXT', body: 'Old', group_tag: 'g', user: { name: bob } }]);
    });

    it('refuses a file that is none', async () => {
      const { status, data } = await refusal(kitty.ImportsApi.importUsers(new File(['{}'], 'x.json')));
      expect([status, data.error]).toEqual([400, 'ClientError']);
    });

    it('exports users and messages', async () => {
      for (const requested of [
        await kitty.AnalyticsApi.exportUserAnalytics(),
        await kitty.AnalyticsApi.exportMessageAnalytics(),
      ]) {
        expect(requested.status).toBe(202);
        const job = await ended(requested.data);
        expect((await world.client.get(job.file!)).body).toMatch(/^id,/);
      }
    });

    it('lists jobs, those that run and those that have ended', async () => {
      const { data } = await kitty.JobsApi.listJobs(0, 2, ['createdTime,desc'], false);
      expect(data._embedded!.jobs).toMatchObject([{ state: 'FINISHED' }, { state: 'FINISHED' }]);
      expect(data.page!.total_elements).toBeGreaterThan(2);
      await until('no job runs', async () => {
        const running = (await kitty.JobsApi.listJobs(0, 2, undefined, true)).data;
        return running.page!.total_elements === 0;
      });
    });

    it('has no sessions yet', async () => {
      for (const state of ['ACTIVE', 'ENDED'] as const) {
        const users = (await kitty.UserSessionsApi.listUserSessions(0, 5, ['createdTime,desc'], state)).data;
        const chats = (await kitty.ChatSessionsApi.listChatSessions(0, 5, ['createdTime,desc'], state)).data;
        for (const { page, _embedded } of [users, chats])
          expect([page, _embedded]).toEqual([
            { size: 5, number: 0, total_elements: 0, total_pages: 0 },
            { sessions: [] },
          ]);
      }
    });

    it('has been used by every method that the server has an operation for', () => {
      const { supported, answered } = world.used(path, [
        'ApplicationApi',
        'AnalyticsApi',
        'ImportsApi',
        'JobsApi',
        'UserSessionsApi',
        'ChatSessionsApi',
      ]);
      expect(supported).toHaveLength(14);
      expect(answered).toEqual(supported);
    });
  });
});
