import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty } from 'chatkitty-platform-sdk';
import { PNG } from '../support/png.js';
import { formFor } from '../support/sdk-forms.js';
import { href, refusal, SdkWorld } from '../support/sdk-world.js';

describe('Users of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start('users');
    ({ kitty } = world);
  });
  afterAll(() => world?.stop());

  it('creates and retrieves a user', async () => {
    const name = world.unique('ada');
    const given = { name, displayName: 'Ada Lovelace', isGuest: true, properties: { Role: 'author', nested: [1] } };

    const { data: user } = await kitty.Users.createUser(given);

    expect(user).toMatchObject({ ...given, id: expect.any(Number), type: 'PERSON' });
    expect(user.presence).toEqual({ online: false, status: 'UNAVAILABLE' });
    expect((await kitty.Users.retrieveUser(user.id)).data).toEqual(user);
    expect((await world.links.get(href(user, 'self'))).body).toEqual(user);
    expect((await fetch(user.displayPictureUrl)).headers.get('content-type')).toMatch(/^image\//);
  });

  it('names every wrong field of a refused user, and the name that is taken', async () => {
    const wrong = { name: '', displayName: 7, isGuest: 'no' } as never;
    const { status, data } = await refusal(kitty.Users.createUser(wrong));
    expect(status).toBe(400);
    expect(data).toMatchObject({ error: 'ClientError', message: expect.any(String) });
    expect(data.errors).toEqual([
      { resource: 'User', field: 'name', code: 'invalid', message: expect.any(String) },
      { resource: 'User', field: 'displayName', code: 'invalid', message: expect.any(String) },
      { resource: 'User', field: 'isGuest', code: 'invalid', message: expect.any(String) },
    ]);

    const incomplete = await refusal(kitty.Users.createUser({ name: world.unique('user') } as never));
    expect(incomplete.data.errors).toEqual([
      { resource: 'User', field: 'displayName', code: 'missing_field', message: 'is required' },
    ]);

    const { name } = await world.createUser();
    const taken = await refusal(kitty.Users.createUser({ name, displayName: 'Another', isGuest: false }));
    expect(taken.status).toBe(400);
    expect(taken.data.errors).toMatchObject([{ resource: 'User', field: 'name', code: 'already_exists' }]);
  });

  it('checks that a user exists', async () => {
    const { name } = await world.createUser({ name: world.unique('Zoë & co') });

    expect((await kitty.Users.checkUserExists(name)).status).toBe(200);
    expect(await refusal(kitty.Users.checkUserExists(world.unique('nobody')))).toMatchObject({ status: 404 });
  });

  it('lists users page by page, with parameters and by links', async () => {
    const created = [await world.createUser(), await world.createUser(), await world.createUser()].map(
      (user) => user.id,
    );

    const ids: number[] = [];
    for (let page = 0, pages = 1; page < pages; page++) {
      const { data } = await kitty.Users.listUsers(page, 2, ['createdTime,desc']);
      expect(data.page).toMatchObject({ number: page, size: 2 });
      expect(data._embedded!.users!.length).toBeLessThanOrEqual(2);
      ids.push(...data._embedded!.users!.map((user) => user.id));
      pages = data.page!.totalPages!;
      if (page === pages - 1) expect(data.page!.totalElements).toBe(ids.length);
    }
    expect(ids.slice(0, 3)).toEqual(created.reverse());
    expect(ids).toEqual([...ids].sort((a, b) => b - a));

    const { data: first } = await kitty.Users.listUsers(0, 2, ['createdTime,desc']);
    const followed = await world.links.all(href(first, 'first'), 'users');
    expect(followed.map(({ id }) => id)).toEqual(ids);
    const { body: last } = await world.links.get(href(first, 'last'));
    expect(last._embedded.users.at(-1).id).toBe(ids.at(-1));
    const { body: second } = await world.links.get(href(first, 'next'));
    expect((await world.links.get(href(second, 'prev'))).body._embedded).toEqual(first._embedded);
  });

  it('lists users by name and in another order', async () => {
    const { id, name } = await world.createUser({ displayName: 'Zzz, last of all' });

    const found = await kitty.Users.listUsers(undefined, undefined, undefined, name);
    expect(found.data._embedded!.users!.map((user) => user.id)).toEqual([id]);
    expect(found.data.page).toEqual({ number: 0, size: 25, totalElements: 1, totalPages: 1 });

    const nobody = await kitty.Users.listUsers(undefined, undefined, undefined, world.unique('nobody'));
    expect(nobody.data).toMatchObject({ _embedded: { users: [] }, page: { totalElements: 0, totalPages: 0 } });

    const sorted = await kitty.Users.listUsers(0, 1, ['displayName,desc', 'name']);
    expect(sorted.data._embedded!.users!.map((user) => user.id)).toEqual([id]);
    const { status, data } = await refusal(kitty.Users.listUsers(0, 1, ['height']));
    expect(status).toBe(400);
    expect(data.errors).toMatchObject([{ resource: 'Page', field: 'sort', code: 'invalid' }]);
  });

  it('updates a user', async () => {
    const user = await world.createUser({ isGuest: true, properties: { colour: 'teal', old: true } });

    const { data: updated } = await kitty.Users.updateUser(user.id, {
      displayName: 'Renamed',
      isGuest: false,
      presence: { status: 'BUSY' },
      properties: { size: { width: 2 }, old: null },
    });

    expect(updated).toMatchObject({
      id: user.id,
      name: user.name,
      displayName: 'Renamed',
      isGuest: false,
      presence: { status: 'BUSY' },
    });
    expect(updated.properties).toEqual({ colour: 'teal', size: { width: 2 } });
    expect((await kitty.Users.retrieveUser(user.id)).data).toEqual(updated);
    // The SDK sends an empty text then.
    expect((await kitty.Users.updateUser(user.id)).data).toEqual(updated);

    const { status, data } = await refusal(kitty.Users.updateUser(user.id, { displayName: 'x'.repeat(256) }));
    expect(status).toBe(400);
    expect(data.errors).toMatchObject([{ resource: 'User', field: 'displayName', code: 'too_long' }]);
  });

  it('deletes a user, whose messages remain', async () => {
    const user = await world.createUser();
    const channel = await world.createChannel([user]);
    const message = await world.send(channel, 'I was here', user);

    const { data: application } = await kitty.Users.deleteUser(user.id);

    expect(application).toEqual((await kitty.Application.retrieveAuthenticatedApplication()).data);
    expect(await refusal(kitty.Users.retrieveUser(user.id))).toMatchObject({
      status: 404,
      data: { error: 'ResourceNotFoundError', message: 'Resource not found' },
    });
    expect(await refusal(kitty.Users.checkUserExists(user.name))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Users.deleteUser(user.id))).toMatchObject({ status: 404 });
    const { data } = await kitty.Messages.retrieveMessage(message.id);
    expect(data).toMatchObject({ body: 'I was here', user: { id: user.id, displayName: 'Deleted user' } });
    expect((await world.createUser({ name: user.name })).id).not.toBe(user.id);
  });

  it('replaces display pictures by one that is kept elsewhere, and by one that is sent with a form', async () => {
    const user = await world.createUser();
    const elsewhere = { url: 'https://example.org/me.png', name: 'me.png', contentType: 'image/png', size: 7 };

    const { data: external } = await kitty.Users.updateUserDisplayPicture(user.id, elsewhere);
    expect(external).toEqual({ ...user, displayPictureUrl: elsewhere.url, _links: expect.anything() });
    expect((await kitty.Users.retrieveUser(user.id)).data).toEqual(external);

    const form = await formFor({ file: new File([PNG], 'me.png') });
    const { data: hosted } = await kitty.Users.updateUserDisplayPicture(user.id, ...form);
    expect(hosted.id).toBe(user.id);
    const answer = await fetch(hosted.displayPictureUrl);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer()).equals(PNG)).toBe(true);

    const wrong = { ...elsewhere, url: 'javascript:alert(1)', size: -1 };
    const address = await refusal(kitty.Users.updateUserDisplayPicture(user.id, wrong));
    expect(address.status).toBe(400);
    expect(address.data.errors!.map(({ field }) => field)).toEqual(['url', 'size']);
    const page = await formFor({ file: new File(['<p>Not a picture</p>'], 'me.png') });
    const text = await refusal(kitty.Users.updateUserDisplayPicture(user.id, ...page));
    expect(text.status).toBe(400);
    expect(text.data.errors).toMatchObject([{ field: 'file' }]);
    expect((await kitty.Users.retrieveUser(user.id)).data).toEqual(hosted);
  });

  it('sets, retrieves and removes secrets', async () => {
    const user = await world.createUser();
    const name = 'My Name/é@100%';
    const secret = { Token: 'abc', nested: { snake_case: [1, null] } };

    const { data: owner } = await kitty.Users.setUserSecret(user.id, name, { secret });

    expect(owner).toEqual(user);
    expect((await kitty.Users.retrieveUserSecret(user.id, name)).data).toEqual({ secret });
    await kitty.Users.setUserSecret(user.id, name, { secret: 'replaced' as never });
    expect((await kitty.Users.retrieveUserSecret(user.id, name)).data).toEqual({ secret: 'replaced' });
    const other = await world.createUser();
    expect(await refusal(kitty.Users.retrieveUserSecret(other.id, name))).toMatchObject({ status: 404 });
    // The types of the SDK leave the value out if they like.
    const { status, data } = await refusal(kitty.Users.setUserSecret(user.id, 'another', {}));
    expect(status).toBe(400);
    expect(data.errors).toMatchObject([{ field: 'secret', code: 'missing_field' }]);

    const removed = await kitty.Users.removeUserSecret(user.id, name);
    expect(removed.data).toEqual(user);
    expect(await refusal(kitty.Users.retrieveUserSecret(user.id, name))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Users.removeUserSecret(user.id, name))).toMatchObject({ status: 404 });
  });

  it('have been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});
