import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { startApp, TestApp } from '../support/app.js';
import { anHour, ChatHour } from '../support/chat-hour.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { Make } from '../support/make.js';

/** How many hours are lived; more by hand, such as 200, find what is rare. */
const HOURS = Number(process.env.TEST_CHAT_HOURS ?? 5);
const MOMENTS = 25;
const LIMIT_MS = 600_000;

describe('what apps are told', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startApp({ REALTIME_REQUESTS_PER_SECOND: '0' });
  });
  afterAll(() => test.close());

  /** With an application of its own. */
  async function begin(): Promise<ChatHour> {
    const application = await test.app.get(ApplicationsService).create('Hour');
    const client = await Client.of(test.url, application, new Contract());
    return ChatHour.begin({ url: test.url, key: application.key }, client, await new Make(client).users(3));
  }

  it(
    'is what there is, whatever everybody does',
    () =>
      fc.assert(
        fc.asyncProperty(anHour(MOMENTS), async (moments) => {
          const hour = await begin();
          try {
            await hour.live(moments);
            expect(await hour.differences()).toEqual([]);
          } finally {
            await hour.end();
          }
        }),
        { numRuns: HOURS, endOnFailure: process.env.TEST_CHAT_SHRINK === undefined },
      ),
    LIMIT_MS,
  );
});
