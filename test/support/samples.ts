import { Client } from './client.js';
import { ended, fileForm } from './jobs.js';
import { Make } from './make.js';

/** An operation as the served document has it. */
export interface DocumentedOperation {
  id: string;
  method: string;
  /** `/v1/users/{id}` */
  path: string;
  scopes: string[];
  tags: string[];
  summary: string;
  takesBody: boolean;
  /** The status of a success. */
  status: number;
  /** It answers with bytes, not with a resource. */
  isFile: boolean;
  queryParameters: string[];
}

/** A request that succeeds when it is sent once. All that it names exists, for this request alone. */
export interface Sample {
  method: string;
  /** The path with its ids. */
  path: string;
  /** What stands in the path for `{id}` and the like. */
  ids: Record<string, number>;
  query: string;
  body?: unknown;
}

type Ingredients = Partial<Pick<Sample, 'ids' | 'query' | 'body'>>;

export const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

export async function documentedOperations(client: Client): Promise<DocumentedOperation[]> {
  const { body: document } = await client.get('/openapi.json');
  return Object.entries<Record<string, any>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      scopes: operation.security[0].application_authorization,
      tags: operation.tags,
      summary: operation.summary,
      takesBody: operation.requestBody !== undefined,
      status: Number(Object.keys(operation.responses as object)[0]),
      isFile: isFile(operation),
      queryParameters: ((operation.parameters ?? []) as { in: string; name: string }[])
        .filter((parameter) => parameter.in === 'query')
        .map(({ name }) => name),
    })),
  );
}

/** A success that is no resource has no schema that is referred to. */
function isFile(operation: any): boolean {
  const content = Object.values<any>(operation.responses)[0].content as Record<string, any> | undefined;
  return content !== undefined && Object.values(content).every(({ schema }) => schema.$ref === undefined);
}

/** `path` with these ids in it. */
export const filled = (path: string, ids: Record<string, number | string>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name]));

/** Makes a request for any operation, so that specs can walk all of them. A new operation needs a recipe here. */
export class Samples {
  private readonly make: Make;
  private count = 0;

  constructor(private readonly client: Client) {
    this.make = new Make(client);
  }

  async of({ id, method, path }: DocumentedOperation): Promise<Sample> {
    const recipe = this.recipes[id];
    if (!recipe) throw new Error(`There is no recipe for a request to ${id}; add one to test/support/samples.ts`);
    const { ids = {}, query = '', ...rest } = await recipe();
    return { method, ids, query, path: filled(path, ids) + query, ...rest };
  }

  private readonly recipes: Record<string, () => Promise<Ingredients> | Ingredients> = {
    'retrieve-authenticated-application': () => ({}),
    'delete-authenticated-application': async () => ({
      query: `?confirm=${(await this.client.get('/v1/application')).body.key}`,
    }),
    'retrieve-authenticated-application-settings': () => ({}),
    'update-authenticated-application-settings': () => ({
      body: { guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' },
    }),

    'list-users': () => ({}),
    'check-user-exists': async () => ({ query: `?name=${(await this.make.user()).name}` }),
    'create-user': () => ({ body: { name: this.name(), displayName: 'Somebody' } }),
    'retrieve-user': () => this.user(),
    'update-user': async () => ({ ...(await this.user()), body: { displayName: 'Somebody Else' } }),
    'update-user-display-picture': async () => ({
      ...(await this.user()),
      body: { url: 'https://example.org/me.png', name: 'me.png', contentType: 'image/png', size: 7 },
    }),
    'delete-user': () => this.user(),
    'list-user-channels': () => this.user(),
    'list-user-messages': () => this.user(),

    'list-channels': () => ({}),
    'create-channel': () => ({ body: { type: 'PUBLIC', name: this.name() } }),
    'retrieve-channel': () => this.channel(),
    'update-channel': async () => ({ ...(await this.channel()), body: { displayName: 'Renamed' } }),
    'delete-channel': () => this.channel(),
    'list-channel-members': () => this.channel(),
    'add-channel-member': async () => ({ ...(await this.channel()), body: { id: (await this.make.user()).id } }),
    'remove-channel-member': async () => {
      const member = await this.make.user();
      return { ids: { id: (await this.make.channel({ members: [member] })).id, user_id: member.id } };
    },
    'list-channel-memberships': () => this.channel(),
    'list-channel-messages': () => this.channel(),
    'send-channel-message': async () => ({ ...(await this.channel()), body: { type: 'TEXT', body: 'Hello' } }),

    'list-jobs': () => ({}),
    'retrieve-job': () => this.job('/v1/analytics/users'),
    'retrieve-job-file': () => this.job('/v1/analytics/users'),
    'retrieve-job-errors': () => this.job('/v1/imports/users', fileForm([{}])),
    'import-users': () => this.import(),
    'import-channels': () => this.import(),
    'import-channel-members': async () => ({ ...(await this.channel()), ...(await this.import()) }),
    'import-messages': () => this.import(),
    'import-application': () => this.import(),
    'export-message-analytics': () => ({}),
    'export-user-analytics': () => ({}),
    'export-application': () => ({}),

    'list-messages': () => ({}),
    'retrieve-message': () => this.message(),
    'update-message': async () => ({ ...(await this.message()), body: { body: 'Edited' } }),
    'delete-message': () => this.message(),

    // The thread of the replies to a message has the id of the message.
    'retrieve-thread': () => this.message(),
    'list-thread-messages': () => this.message(),
    'send-thread-message': async () => ({ ...(await this.message()), body: { type: 'TEXT', body: 'A reply' } }),
  };

  private async import(): Promise<Ingredients> {
    return { body: fileForm([{ name: this.name(), displayName: 'Imported' }, {}]) };
  }

  /** A job that has ended. */
  private async job(path: string, body?: unknown): Promise<Ingredients> {
    const answer = await this.client.post(path, body);
    return { ids: { id: (await ended(this.client, answer.body.id as number)).id } };
  }

  private name(): string {
    return `sample-${++this.count}`;
  }

  private async user(): Promise<Ingredients> {
    return { ids: { id: (await this.make.user()).id } };
  }

  private async channel(): Promise<Ingredients> {
    return { ids: { id: (await this.make.channel()).id } };
  }

  private async message(): Promise<Ingredients> {
    return { ids: { id: (await this.make.message(await this.make.channel(), 'Said')).id } };
  }
}
