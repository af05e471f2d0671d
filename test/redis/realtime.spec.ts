import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodies, ChatProcesses } from '../support/chat-processes.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { until } from '../support/wait.js';

describe('servers that have a Redis', () => {
  let database: EmptyDatabase;
  let chat: ChatProcesses;

  beforeAll(async () => {
    database = await emptyDatabase();
    chat = await ChatProcesses.start(database);
  });
  afterAll(async () => {
    await ServerProcess.endAll();
    await database.remove();
  });

  it('tell their apps at once what was said to another', async () => {
    const [here, elsewhere] = chat.servers as [ServerProcess, ServerProcess];
    const bob = await chat.connect(elsewhere, 'bob');
    const heard = await bob.listen(chat.topic);
    const waited: number[] = [];
    for (let count = 0; count < 20; count++) {
      const start = Date.now();
      await chat.say(here, `message ${count}`);
      await until('it is heard', () => bodies(bob, heard).length === count + 1);
      waited.push(Date.now() - start);
    }
    // Looking from time to time, they would learn of it after half a second on average.
    expect(waited.sort((a, b) => a - b)[10]).toBeLessThan(250);
    await bob.disconnect();
  });
});
