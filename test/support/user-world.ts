import { expect } from '@jest/globals';
import { Type } from '@nestjs/common';
import { ApiException } from '../../src/errors/api-error.js';
import { TestApp } from './app.js';

/** The service of the running server. */
export const serviceOf = <T>({ app }: TestApp, type: Type<T>): T => app.get(type, { strict: false });

/** The work is refused with a 4xx that names this field; without one, nothing like it is there. */
export async function expectRefused(work: Promise<unknown>, field?: string, code?: string): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiException);
  const { status, details } = error as ApiException;
  if (field === undefined) expect(status).toBe(404);
  else
    expect([status, details.problems?.map((problem) => [problem.field, ...(code ? [problem.code] : [])])]).toEqual([
      expect.any(Number),
      [[field, ...(code ? [code] : [])]],
    ]);
}

/** The events of a type, as they were written. */
export async function eventsOf({ database }: TestApp, type: string) {
  const rows = await database.query<{ subject_id: number; channel_id: number | null; payload: string }>(
    'SELECT subject_id, channel_id, payload FROM events WHERE type = ? ORDER BY id',
    [type],
  );
  return rows.map(({ subject_id, channel_id, payload }) => ({
    subjectId: subject_id,
    channelId: channel_id,
    ...(JSON.parse(payload) as object),
  }));
}
