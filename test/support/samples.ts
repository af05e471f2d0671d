import { INestApplicationContext } from '@nestjs/common';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { Client } from './client.js';
import { ended, fileForm } from './jobs.js';
import { MadeChannel, MadeUser, Make } from './make.js';
import { until } from './wait.js';

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
  needsBody: boolean;
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
  ids: Record<string, number | string>;
  query: string;
  body?: unknown;
}

type Ingredients = Partial<Pick<Sample, 'ids' | 'query' | 'body'>>;

/** Where no webhook ever arrives: private addresses are refused. */
const NOWHERE = 'http://127.0.0.1:9/events';

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
      needsBody: operation.requestBody?.required === true,
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

  /** `app` makes what no operation makes. */
  constructor(
    private readonly client: Client,
    private readonly app: INestApplicationContext,
  ) {
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
    'retrieve-application-message-read-receipt-summaries': () => ({}),
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
    'retrieve-user-secret': () => this.secret(),
    'set-user-secret': async () => ({ ...(await this.secret()), body: { secret: { token: 'another' } } }),
    'remove-user-secret': () => this.secret(),
    'count-user-unread-messages': () => this.user(),
    'list-user-notifications': () => this.user(),

    'list-channels': () => ({}),
    'create-channel': () => ({ body: { type: 'PUBLIC', name: this.name() } }),
    'retrieve-channel': () => this.channel(),
    'update-channel': async () => ({ ...(await this.channel()), body: { displayName: 'Renamed' } }),
    'delete-channel': () => this.channel(),
    'list-channel-members': () => this.channel(),
    'add-channel-member': async () => ({ ...(await this.channel()), body: { id: (await this.make.user()).id } }),
    'remove-channel-member': () => this.member(),
    'retrieve-channel-member-read-position': () => this.member(),
    'update-channel-member-read-position': async () => ({ ...(await this.member()), body: {} }),
    'list-channel-memberships': () => this.channel(),
    'list-channel-moderators': () => this.channel(),
    'add-channel-moderator': async () => {
      const { channel, member } = await this.withMember();
      return { ids: { id: channel.id }, body: { id: member.id } };
    },
    'remove-channel-moderator': async () => {
      const { channel, member } = await this.withMember();
      await this.client.post(`/v1/channels/${channel.id}/moderators`, { id: member.id });
      return { ids: { id: channel.id, user_id: member.id } };
    },
    'list-channel-invites': () => this.channel(),
    'send-channel-invite': async () => ({
      ...(await this.channel()),
      body: { user: { id: (await this.make.user()).id } },
    }),
    'send-channel-event': async () => ({
      ...(await this.channel()),
      body: { type: 'My Custom Event', properties: { payload: 'Boom!' } },
    }),
    'send-channel-keystrokes': async () => {
      const { channel, member } = await this.withMember();
      return { ids: { id: channel.id }, body: { keys: 'Hel', user: { id: member.id } } };
    },
    'list-channel-reported-messages': () => this.channel(),
    'list-channel-messages': () => this.channel(),
    'send-channel-message': async () => ({ ...(await this.channel()), body: { type: 'TEXT', body: 'Hello' } }),

    'list-user-sessions': () => ({}),
    'retrieve-user-session': async () => {
      const { id: applicationId } = (await this.client.get('/v1/application')).body as { id: number };
      const { id: userId } = await this.make.user();
      return { ids: { id: (await this.app.get(SessionsService).startUserSession(applicationId, userId)).id } };
    },
    'list-chat-sessions': () => ({}),
    'list-channel-participants': () => this.channel(),
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
    'delete-messages': () => ({}),
    'retrieve-message': () => this.message(),
    'update-message': async () => ({ ...(await this.message()), body: { body: 'Edited' } }),
    'delete-message': () => this.message(),
    'list-message-read-receipts': () => this.message(),

    'list-webhooks': () => ({}),
    'create-webhook': () => ({ body: { url: NOWHERE, types: ['user.*'] } }),
    'retrieve-webhook': () => this.webhook(),
    'update-webhook': async () => ({ ...(await this.webhook()), body: { description: 'Another' } }),
    'delete-webhook': () => this.webhook(),
    'rotate-webhook-secret': async () => ({ ...(await this.webhook()), body: { overlapSeconds: 0 } }),
    'replay-webhook': async () => ({ ...(await this.webhook()), body: { after: 0 } }),
    'list-webhook-deliveries': () => this.webhook(),
    'retrieve-webhook-delivery': () => this.delivery(),
    'retry-webhook-delivery': () => this.delivery(),

    'list-events': () => ({}),

    // The thread of the replies to a message has the id of the message.
    'retrieve-thread': () => this.message(),
    'list-thread-messages': () => this.message(),
    'send-thread-keystrokes': async () => {
      const { channel, member } = await this.withMember();
      const { id } = await this.make.message(channel, 'Said');
      return { ids: { id }, body: { keys: 'Hel', user: { id: member.id } } };
    },
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

  private async secret(): Promise<Ingredients> {
    const { id } = await this.make.user();
    const name = this.name();
    await this.client.put(`/v1/users/${id}/secrets/${name}`, { secret: { token: 'first' } });
    return { ids: { id, name } };
  }

  private async channel(): Promise<Ingredients> {
    return { ids: { id: (await this.make.channel()).id } };
  }

  private async withMember(): Promise<{ channel: MadeChannel; member: MadeUser }> {
    const member = await this.make.user();
    return { channel: await this.make.channel({ members: [member] }), member };
  }

  private async webhook(types = ['webhook.deleted']): Promise<{ ids: { id: number } }> {
    const { body } = await this.client.post('/v1/webhooks', { url: NOWHERE, types });
    return { ids: { id: body.id as number } };
  }

  private async delivery(): Promise<Ingredients> {
    const { ids } = await this.webhook(['user.created']);
    await this.make.user();
    const deliveries = `/v1/webhooks/${ids.id}/deliveries`;
    let found: { id: number }[] = [];
    await until('there is a delivery', async () => {
      found = (await this.client.get(deliveries)).body._embedded.deliveries;
      return found.length > 0;
    });
    return { ids: { ...ids, delivery_id: found[0]!.id } };
  }

  private async member(): Promise<Ingredients> {
    const member = await this.make.user();
    return { ids: { id: (await this.make.channel({ members: [member] })).id, user_id: member.id } };
  }

  private async message(): Promise<Ingredients> {
    return { ids: { id: (await this.make.message(await this.make.channel(), 'Said')).id } };
  }
}
