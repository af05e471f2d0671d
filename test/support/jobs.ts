import { Answer } from './answer.js';
import { Client } from './client.js';
import { until } from './wait.js';

export interface Job {
  id: number;
  type: string;
  state: string;
  progress: number;
  counts: { total: number; processed: number; created: number; skipped: number; failed: number };
  file?: string;
  endedTime?: string;
  _links: Record<string, { href: string }>;
}

/** A line of the report of an import. */
export interface ReportLine {
  index: number;
  idempotencyKey?: string;
  errors: { resource: string; field: string; code: string; message: string }[];
}

/** A form with a file of this content: a text as it is, everything else as JSON. */
export function fileForm(content: unknown, name = 'items.json'): FormData {
  const form = new FormData();
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  form.append('file', new Blob([text], { type: 'application/json' }), name);
  return form;
}

/** Sends a file to be imported. */
export const upload = (client: Client, path: string, content: unknown): Promise<Answer> =>
  client.post(path, fileForm(content));

/** Waits until a job has ended, and answers it. */
export async function ended(client: Client, id: number): Promise<Job> {
  let job: Job | undefined;
  await until(
    `job ${id} has ended`,
    async () => {
      job = (await client.get(`/v1/jobs/${id}`)).body as Job;
      return job.endedTime !== undefined;
    },
    60_000,
  );
  return job!;
}

/** Imports a file, and answers the job once it has ended. */
export async function imported(client: Client, path: string, content: unknown): Promise<Job> {
  const { status, body } = await upload(client, path, content);
  if (status !== 202) throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(body)}`);
  return ended(client, body.id as number);
}

/** What an import could not import. */
export async function report(client: Client, job: Job): Promise<ReportLine[]> {
  const { status, body } = await client.get(job._links.errors!.href);
  if (status !== 200) throw new Error(`The report answered ${status}`);
  return (body as string)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ReportLine);
}
