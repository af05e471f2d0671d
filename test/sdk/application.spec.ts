import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty } from 'chatkitty-platform-sdk';
import { platformSdk } from '../support/platform-sdk.js';
import { href, refusal, SdkWorld } from '../support/sdk-world.js';

describe('Application of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start('application');
    ({ kitty } = world);
  });
  afterAll(() => world?.stop());

  it('retrieves the application', async () => {
    const { data } = await kitty.Application.retrieveAuthenticatedApplication();

    expect(data).toMatchObject({ id: expect.any(Number), key: expect.any(String), properties: {} });
    expect(Date.parse(data.createdTime)).toBeGreaterThan(Date.now() - 600_000);
    expect(href(data, 'self')).toBe(`${world.server.url}/v1/applications/${data.id}`);
    expect((await world.links.get(href(data, 'self'))).body).toEqual(data);
  });

  it('retrieves and updates the settings', async () => {
    const before = await kitty.Application.retrieveAuthenticatedApplicationSettings();
    expect(before.data).toMatchObject({ guestUsers: 'ENABLED', userCreatedChannels: 'ENABLED' });

    const updated = await kitty.Application.updateAuthenticatedApplicationSettings({
      guestUsers: 'DISABLED',
      userCreatedChannels: 'ENABLED',
    });
    expect(updated.data).toMatchObject({ guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' });
    expect((await kitty.Application.retrieveAuthenticatedApplicationSettings()).data).toEqual(updated.data);

    // What was read can be sent back as it is.
    const restored = await kitty.Application.updateAuthenticatedApplicationSettings(before.data);
    expect(restored.data).toEqual(before.data);
  });

  it('refuses settings that do not exist', async () => {
    const settings = { guestUsers: 'SOMETIMES' } as never;

    const { status, data } = await refusal(kitty.Application.updateAuthenticatedApplicationSettings(settings));

    expect(status).toBe(400);
    expect(data.errors).toContainEqual(
      expect.objectContaining({ resource: 'ApplicationSettings', field: 'guestUsers', code: 'invalid' }),
    );
  });

  it('turns away who has the wrong secret', async () => {
    const { clientId } = world.server.credentials;
    const credentials = { clientId, clientSecret: 'not the secret' };
    const intruder = platformSdk({ url: world.server.url, credentials });

    const { status, data } = await refusal(intruder.Users.listUsers());

    expect(status).toBe(401);
    expect(data).toEqual({ error: 'invalid_client', error_description: expect.any(String) });
  });

  it('has been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});
