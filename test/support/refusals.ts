import { expect } from '@jest/globals';
import { Answer } from './answer.js';
import { TestApp } from './app.js';

/** 400, with the reason and every wrong field. The client checks the shape of the error against the documents. */
export function expectRefusal(what: unknown, answer: Answer, fields?: string[], code?: string): void {
  expect([what, answer.status]).toEqual([what, 400]);
  expect(answer.body).toMatchObject({ error: 'ClientError', explanation: expect.stringMatching(/\S/) });
  const problems = answer.body.errors as { field: string; code: string }[];
  expect([what, problems.length > 0]).toEqual([what, true]);
  if (fields) expect([what, problems.map(({ field }) => field)]).toEqual([what, fields]);
  if (code) expect([what, problems.map((problem) => problem.code)]).toEqual([what, problems.map(() => code)]);
}

/** Does the work, and finds everything of the application as it was before. */
export async function writingNothing({ client }: TestApp, work: () => Promise<void>): Promise<void> {
  const state = async () => {
    const lists = ['users', 'channels', 'messages'].map((key) => client.all(`/v1/${key}?size=100`, key));
    const channels = await client.all('/v1/channels?size=100', 'channels');
    const members = channels.map(({ id }) => client.all(`/v1/channels/${id}/members`, 'users'));
    return [(await client.get('/v1/application/settings')).body, ...(await Promise.all([...lists, ...members]))];
  };
  const before = await state();
  await work();
  expect(await state()).toEqual(before);
}
