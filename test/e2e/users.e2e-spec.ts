import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';

describe('users', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  it('creates a user and answers it with its links', async () => {
    const { status, body } = await test.client.post('/v1/users', {
      name: 'ada',
      displayName: 'Ada Lovelace',
      isGuest: false,
      properties: { snake_key: { camelKey: null } },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      type: 'PERSON',
      name: 'ada',
      isGuest: false,
      displayPictureUrl: `${test.url}/v1/picture/Ada+Lovelace`,
      presence: { online: false, status: 'UNAVAILABLE' },
      properties: { snake_key: { camelKey: null } },
    });
    expect((await test.client.get(body._links.self.href as string)).body).toEqual(body);
  });
});
