import { describe, expect, it } from '@jest/globals';
import { startApp } from '../support/app.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/wait.js';

describe('a webhook to a private address', () => {
  it('is told nothing, unless that is allowed', async () => {
    const receiver = await Receiver.start();
    const test = await startApp();
    const port = new URL(receiver.url).port;
    const ids: number[] = [];
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '169.254.169.254',
      '10.0.0.1',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
    ])
      ids.push((await test.client.post('/v1/webhooks', { url: `http://${host}:${port}/`, types: ['user.*'] })).body.id);
    await test.make.user();
    for (const id of ids) {
      let delivery: any;
      await until(`${id} has failed`, async () => {
        [delivery] = (await test.client.get(`/v1/webhooks/${id}/deliveries`)).body._embedded.deliveries;
        return delivery?.state === 'FAILED';
      });
      expect([id, delivery.lastError]).toEqual([id, 'the address of the host is not a public one']);
    }
    expect(receiver.got).toEqual([]);
    await test.close();
    await receiver.stop();
  });
});

describe('an application that is deleted', () => {
  it('takes its webhooks with it', async () => {
    const test = await startApp();
    const { body } = await test.client.post('/v1/webhooks', { url: 'http://127.0.0.1:9/' });
    await test.make.user();
    await until('something is waiting', async () => {
      const { body: page } = await test.client.get(`/v1/webhooks/${body.id}/deliveries`);
      return page._embedded.deliveries.length > 0;
    });
    const { key } = (await test.client.get('/v1/application')).body;
    expect((await test.client.delete(`/v1/application?confirm=${key}`)).status).toBe(200);
    await test.jobsDone();
    for (const [table, key] of [
      ['webhooks', 'id'],
      ['webhook_deliveries', 'webhook_id'],
      ['webhook_lanes', 'webhook_id'],
    ])
      expect(await test.database.query(`SELECT 1 FROM ${table} WHERE ${key} = ?`, [body.id])).toEqual([]);
    await test.close();
  });
});
