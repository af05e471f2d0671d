import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty } from 'chatkitty-platform-sdk';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { startApp, TestApp } from '../support/app.js';
import { idsOf, SdkWorld } from '../support/sdk-world.js';

/** Sessions begin with the connections of users' apps. So the server is in this process, and its service is asked. */
describe('Participants in channels of the published Platform SDK', () => {
  let test: TestApp;
  let sessions: SessionsService;
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    test = await startApp();
    sessions = test.app.get(SessionsService);
    const { url, application: credentials } = test;
    const server = { url, credentials, output: () => 'The log is silent', stop: () => test.close().then(() => 0) };
    world = await SdkWorld.on(server, 'participants');
    ({ kitty } = world);
  });
  afterAll(() => (world ? world.stop() : test?.close()));

  it('lists members with a session in the channel, page by page, for as long as it lasts', async () => {
    const { applicationId } = test.application;
    const [a, b, absent] = [await world.createUser(), await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([a, b, absent]);
    const other = await world.createChannel([a, b, absent]);
    const enter = async (user: { id: number }, { id } = channel) => {
      const session = await sessions.startUserSession(applicationId, user.id, 'ChatKitty-JS/1.50.0');
      return sessions.startChatSession(applicationId, session.id, id);
    };
    const [ofA] = [await enter(a), await enter(b), await enter(absent, other)];

    const { data: first } = await kitty.Channels.listChannelParticipants(channel.id, 0, 1, ['name,desc']);
    const { data: second } = await kitty.Channels.listChannelParticipants(channel.id, 1, 1, ['name,desc']);
    expect(first.page).toEqual({ number: 0, size: 1, totalElements: 2, totalPages: 2 });
    const participants = [...first._embedded!.users!, ...second._embedded!.users!];
    expect(idsOf(participants)).toEqual(idsOf([b, a]));
    for (const { presence } of participants) expect(presence).toEqual({ online: true, status: 'AVAILABLE' });

    await sessions.endChatSession(applicationId, ofA.id);
    const { data: left } = await kitty.Channels.listChannelParticipants(channel.id);
    expect(idsOf(left._embedded!.users!)).toEqual([b.id]);
    expect(left._embedded!.users![0]).toEqual((await kitty.Users.retrieveUser(b.id)).data);
  });

  it('has been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});
