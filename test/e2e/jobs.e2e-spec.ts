import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Config } from '../../src/config/config.js';
import { Database } from '../../src/database/database.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { JobContext, JobFailure, JobHandler } from '../../src/jobs/job-handler.js';
import { JobProgress } from '../../src/jobs/job-progress.js';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { JobsService } from '../../src/jobs/jobs.service.js';
import { startApp, TestApp } from '../support/app.js';
import { pause, until } from '../support/wait.js';

interface StoredJob {
  id: number;
  state: string;
  failures: number;
  lease_owner: string | null;
  leased_until: number;
  ended_time: number | null;
}
type Step = (job: JobContext) => Promise<boolean>;

describe('a job', () => {
  let test: TestApp;
  let database: Database;
  let units: UnitOfWork;
  let runners: JobRunner[] = [];
  beforeAll(async () => {
    test = await startApp();
    database = test.database;
    units = test.app.get(UnitOfWork);
    // The tests have runners of their own, as if each were a process.
    await test.app.get(JobRunner).beforeApplicationShutdown();
  });
  beforeEach(() => database.execute('DELETE FROM jobs'));
  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.beforeApplicationShutdown()));
    runners = [];
  });
  afterAll(async () => {
    await database.execute('DELETE FROM jobs');
    await test.close();
  });

  /** Works on one job at a time, so that the order can be told; `jobsAtOnce` says otherwise. */
  const start = (step: Step, jobsAtOnce = 1): JobRunner => {
    const runner = new JobRunner(database, units, { jobsAtOnce } as Config);
    runner.register({ type: 'TEST', step });
    runner.onApplicationBootstrap();
    runners.push(runner);
    return runner;
  };
  const schedule = (payload: Record<string, unknown> = {}) =>
    test.app.get(JobsService).schedule(test.application.applicationId, 'TEST', payload);
  const jobs = () =>
    database.query<StoredJob>(
      'SELECT id, state, failures, lease_owner, leased_until, ended_time FROM jobs ORDER BY id',
    );
  const states = async () => (await jobs()).map(({ state }) => state);
  /** As if the time had come for all that wait. */
  const letTimePass = () => database.execute('UPDATE jobs SET leased_until = 0');
  const finished = (count = 1) =>
    until('all jobs are finished', async () => {
      const all = await jobs();
      return all.length === count && all.every(({ state }) => state === 'FINISHED');
    });

  it('is done in steps, with what it was scheduled with', async () => {
    const steps: JobContext[] = [];
    const runner = start(async (job) => steps.push(job) === 3);
    await schedule({ a: [1, null] });
    runner.wake();
    await finished();
    const [{ id, ended_time, lease_owner }] = (await jobs()) as [StoredJob];
    const { applicationId } = test.application;
    expect(steps).toEqual(
      Array.from({ length: 3 }, () => ({
        id,
        applicationId,
        payload: { a: [1, null] },
        checkpoint: undefined,
        lease: expect.any(String),
      })),
    );
    expect(lease_owner).toBeNull();
    expect(Math.abs(ended_time! - Date.now())).toBeLessThan(10_000);
  });

  it('is done if, and only if, what scheduled it is committed', async () => {
    const done: unknown[] = [];
    const runner = start(async ({ payload }) => done.push(payload.name) > 0);
    const failing = units.run(async () => {
      await schedule({ name: 'taken back' });
      throw new Error('intended');
    });
    await expect(failing).rejects.toThrow('intended');
    await units.run(() => schedule({ name: 'committed' }));
    runner.wake();
    await finished();
    expect(done).toEqual(['committed']);
  });

  it('survives the process that scheduled it', async () => {
    await schedule();
    let steps = 0;
    start(async () => ++steps > 0);
    await finished();
    expect(steps).toBe(1);
  });

  it('that fails is tried again later and later, and given up at last', async () => {
    let steps = 0;
    let failedTime = 0;
    await schedule();
    const runner = start(async () => {
      steps++;
      failedTime = Date.now();
      throw new Error('intended');
    });
    const waits: number[] = [];
    for (let failures = 1; failures <= 4; failures++) {
      await until('it has failed', async () => (await jobs())[0]!.failures === failures);
      waits.push(Math.floor(((await jobs())[0]!.leased_until - failedTime) / 1000));
      if (failures < 4) await letTimePass();
      runner.wake();
    }
    expect(waits).toEqual([1, 2, 4, 8]);
    const stepsBefore = steps;
    runner.wake();
    await pause(50);
    expect(steps).toBe(stepsBefore);
    await database.execute('UPDATE jobs SET failures = 11, leased_until = 0');
    runner.wake();
    await until('it is given up', async () => (await jobs())[0]!.state === 'FAILED');
    await letTimePass();
    runner.wake();
    await pause(50);
    expect(steps).toBe(stepsBefore + 1);
  });

  it('that got on meanwhile has as many tries as at first', async () => {
    let steps = 0;
    const runner = start(async () => {
      if (++steps === 2) throw new Error('intended');
      return false;
    });
    await schedule();
    await database.execute('UPDATE jobs SET failures = 11');
    runner.wake();
    await until('it has failed', async () => steps === 2 && (await jobs())[0]!.lease_owner === null);
    expect((await jobs())[0]).toMatchObject({ state: 'RUNNING', failures: 1, lease_owner: null });
  });

  it('that fails does not hold up the others', async () => {
    const done: unknown[] = [];
    const runner = start(async ({ payload }) => {
      if (payload.name === 'bad') throw new Error('intended');
      return done.push(payload.name) > 0;
    });
    for (const name of ['bad', 'good', 'better']) await schedule({ name });
    runner.wake();
    await until('the others are done', () => done.length === 2);
    expect(done).toEqual(['good', 'better']);
    await until('their states are kept', async () => (await states()).join() === 'RUNNING,FINISHED,FINISHED');
  });

  it('is done once, though several processes look for work', async () => {
    const done: unknown[] = [];
    const step: Step = async ({ payload }) => {
      await pause(1);
      return done.push(payload.number) > 0;
    };
    const several = [start(step), start(step), start(step)];
    for (let number = 0; number < 30; number++) await schedule({ number });
    for (const runner of several) runner.wake();
    await finished(30);
    expect(done.sort()).toEqual(Array.from({ length: 30 }, (_, number) => number).sort());
  });

  it('is taken over when nothing is heard of its runner for as long as the lease', async () => {
    let release = () => {};
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const done: string[] = [];
    const first = start(async () => {
      await stuck;
      done.push('first');
      return true;
    });
    await schedule();
    first.wake();
    await until('the first has it', async () => (await states())[0] === 'RUNNING');
    const [{ leased_until }] = (await jobs()) as [StoredJob];
    expect(leased_until - Date.now()).toBeGreaterThan(20_000);
    const second = start(async () => done.push('second') > 0);
    await pause(50);
    expect(done).toEqual([]);
    await letTimePass();
    second.wake();
    await finished();
    release();
    await pause(50);
    expect(done).toEqual(['second', 'first']);
    expect(await states()).toEqual(['FINISHED']);
  });

  it('belongs to whoever took it over, whatever becomes of the first runner', async () => {
    const runner = start(async () => {
      await database.execute("UPDATE jobs SET lease_owner = 'another', leased_until = 99");
      throw new Error('intended');
    });
    await schedule();
    runner.wake();
    await until('it is taken over', async () => (await jobs())[0]!.lease_owner === 'another');
    await runner.beforeApplicationShutdown();
    expect((await jobs())[0]).toMatchObject({ lease_owner: 'another', leased_until: 99, failures: 0 });
  });

  it('holds its lease as long as it gets on', async () => {
    let steps = 0;
    const leases: number[] = [];
    const runner = start(async () => {
      leases.push((await jobs())[0]!.leased_until - Date.now());
      await database.execute('UPDATE jobs SET leased_until = 1');
      return ++steps === 3;
    });
    await schedule();
    runner.wake();
    await finished();
    expect(leases.filter((lease) => lease > 20_000)).toHaveLength(3);
  });

  it('is given back when its process ends, and no other is begun', async () => {
    let steps = 0;
    const runner = start(async () => {
      steps++;
      await pause(30);
      return steps === 2;
    });
    await schedule();
    await schedule();
    runner.wake();
    await until('the first has begun', () => steps === 1);
    await runner.beforeApplicationShutdown();
    expect(steps).toBe(1);
    for (const job of await jobs()) expect(job).toMatchObject({ lease_owner: null, leased_until: 0, failures: 0 });
    start(async () => true);
    await finished(2);
  });

  it('is not begun when the process ends with the one before', async () => {
    const runner = start(async () => {
      void runner.beforeApplicationShutdown();
      await pause(30);
      return true;
    });
    await schedule();
    await schedule();
    runner.wake();
    await until('the first is done', async () => (await states()).includes('FINISHED'));
    await runner.beforeApplicationShutdown();
    expect(await states()).toEqual(['FINISHED', 'PENDING']);
  });
});

describe('jobs side by side', () => {
  let test: TestApp;
  let database: Database;
  let runners: JobRunner[] = [];
  beforeAll(async () => {
    test = await startApp();
    database = test.database;
    await test.app.get(JobRunner).beforeApplicationShutdown();
  });
  beforeEach(() => database.execute('DELETE FROM jobs'));
  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.beforeApplicationShutdown()));
    runners = [];
  });
  afterAll(async () => {
    await database.execute('DELETE FROM jobs');
    await test.close();
  });

  const start = (step: Step, jobsAtOnce: number, release?: JobHandler['release']): JobRunner => {
    const runner = new JobRunner(database, test.app.get(UnitOfWork), { jobsAtOnce } as Config);
    for (const type of ['LONG', 'OWN']) runner.register({ type, step, ...(release && { release }) });
    runner.onApplicationBootstrap();
    runners.push(runner);
    return runner;
  };
  const schedule = (type: string, applicationId: number, isPublished: boolean) =>
    test.app.get(JobsService).schedule(applicationId, type, { type, applicationId }, { isPublished });
  const count = async (state: string) => (await database.query('SELECT 1 FROM jobs WHERE state = ?', [state])).length;

  it('are as many as there are places, of which one is kept for what the server has to do', async () => {
    let hold = true;
    const runner = start(async ({ payload }) => {
      if (payload.type === 'LONG') await until('it may end', () => !hold);
      return true;
    }, 3);
    for (let applicationId = 101; applicationId <= 105; applicationId++) await schedule('LONG', applicationId, true);
    runner.wake();
    await until('two are worked on', async () => (await count('RUNNING')) === 2);
    for (let number = 0; number < 5; number++) await schedule('OWN', 101, false);
    runner.wake();
    await until('the short ones are done', async () => (await count('FINISHED')) === 5);
    expect(await count('RUNNING')).toBe(2);
    hold = false;
    await until('all are done', async () => (await count('FINISHED')) === 10);
  });

  it('that an application asked for are done in their order', async () => {
    const done: number[] = [];
    let failures = 0;
    const runner = start(async ({ id }) => {
      if (done.length === 0 && failures++ < 1) throw new Error('intended');
      await pause(5);
      return done.push(id) > 0;
    }, 8);
    const ids: number[] = [];
    for (let number = 0; number < 6; number++) ids.push(await schedule('LONG', 101, true));
    runner.wake();
    await until('the first has failed', async () => failures === 1 && (await count('RUNNING')) === 1);
    await pause(30);
    expect(done).toEqual([]);
    await database.execute("UPDATE jobs SET leased_until = 0 WHERE state = 'RUNNING'");
    runner.wake();
    await until('all are done', async () => (await count('FINISHED')) === 6);
    expect(done).toEqual(ids);
  });

  it('store how far they are with what they write, and go on there', async () => {
    const seen: unknown[] = [];
    const released: number[] = [];
    const progress = () => new JobProgress(database, test.app.get(UnitOfWork));
    const units = test.app.get(UnitOfWork);
    const runner: JobRunner = start(
      async (job) => {
        const at = Number(job.checkpoint?.at ?? 0);
        seen.push(at);
        await units.run(() => progress().advance(job, { at: at + 1 }, { processed: 10, failed: 1 }));
        if (seen.length === 2) throw new Error('intended');
        job.checkpoint = { at: at + 1 };
        return at === 3;
      },
      1,
      async ({ id }) => void released.push(id),
    );
    const id = await schedule('LONG', 101, true);
    runner.wake();
    await until('it has failed', async () => seen.length === 2 && (await count('RUNNING')) === 1);
    await database.execute('UPDATE jobs SET leased_until = 0');
    runner.wake();
    await until('it is done', async () => (await count('FINISHED')) === 1);
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(released).toEqual([id, id]);
    expect(await database.query('SELECT processed, failed, created FROM jobs')).toEqual([
      { processed: 40, failed: 4, created: 0 },
    ]);
  });

  it('write nothing once another process has taken them over', async () => {
    const units = test.app.get(UnitOfWork);
    const runner: JobRunner = start(async (job) => {
      await database.execute("UPDATE jobs SET lease_owner = 'another', leased_until = ?", [Date.now() + 60_000]);
      await units.run(async () => {
        await database.execute("UPDATE applications SET properties = 'written'");
        await new JobProgress(database, test.app.get(UnitOfWork)).advance(job, {}, { processed: 1 });
      });
      return true;
    }, 1);
    await schedule('LONG', 101, true);
    runner.wake();
    await until('it is taken over', async () => {
      const [job] = await database.query<{ lease_owner: string }>('SELECT lease_owner FROM jobs');
      return job?.lease_owner === 'another';
    });
    await runner.beforeApplicationShutdown();
    expect(await database.query('SELECT state, processed, failures FROM jobs')).toEqual([
      { state: 'RUNNING', processed: 0, failures: 0 },
    ]);
    expect(await database.query("SELECT 1 FROM applications WHERE properties = 'written'")).toEqual([]);
  });

  it('that can never succeed are given up at once', async () => {
    let steps = 0;
    const runner = start(async () => {
      steps++;
      throw new JobFailure('intended');
    }, 1);
    await schedule('OWN', 101, false);
    runner.wake();
    await until('it has failed', async () => (await count('FAILED')) === 1);
    expect(steps).toBe(1);
  });
});
