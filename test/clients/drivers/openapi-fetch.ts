import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/v1/openapi-typescript';
import { cursorIn, everything, Message, Page, pageIn, pause, Platform, Refusal, User } from '../platform.js';

type Schemas = components['schemas'];

export function connect(url: string, token: string): Platform {
  const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
  const json = { 'Content-Type': 'application/json' };
  const text = (body: string, username?: string): Schemas['CreateTextMessageResource'] => ({
    type: 'TEXT',
    body,
    ...(username && { user: { username } }),
  });
  return {
    applicationName: async () => answer(await client.GET('/v1/application')).name,
    createUser: async (name, label, key) =>
      user(
        answer(
          await client.POST('/v1/users', {
            params: { header: { 'Idempotency-Key': key } },
            body: { name, displayName: label },
          }),
        ),
      ),
    retrieveUser: async (id) => user(answer(await client.GET('/v1/users/{id}', { params: { path: { id } } }))),
    renameUser: async (id, label) =>
      user(answer(await client.PATCH('/v1/users/{id}', { params: { path: { id } }, body: { displayName: label } }))),
    deleteUser: async (id) => void answer(await client.DELETE('/v1/users/{id}', { params: { path: { id } } })),
    userExists: async (name) => (await client.HEAD('/v1/users', { params: { query: { name } } })).response.ok,
    userNames: (size) =>
      everything(async (link) => {
        const page = answer(await client.GET('/v1/users', { params: { query: { size, ...pageIn(link) } } }));
        return { items: page._embedded.users.map(({ name }) => name), next: page._links.next };
      }),
    importUsers: async (file) => {
      let job = answer(
        await client.POST('/v1/imports/users', { body: { file: '' }, bodySerializer: () => form({ file }) }),
      );
      for (; !job.endedTime; await pause())
        job = answer(await client.GET('/v1/jobs/{id}', { params: { path: { id: job.id } } }));
      return job.counts!.created;
    },
    setSecret: async (id, name, secret) =>
      void answer(
        await client.PUT('/v1/users/{id}/secrets/{name}', { params: { path: { id, name } }, body: { secret } }),
      ),
    secret: async (id, name) =>
      answer(await client.GET('/v1/users/{id}/secrets/{name}', { params: { path: { id, name } } })).secret,
    notifications: async (id) =>
      answer(
        await client.GET('/v1/users/{id}/notifications', { params: { path: { id } } }),
      )._embedded.notifications.map(({ data }) => data.type),
    createChannel: async (name, creator, members) => {
      const channel = answer(
        await client.POST('/v1/channels', {
          body: {
            type: 'PUBLIC',
            name,
            creator: { username: creator },
            members: members.map((username) => ({ username })),
          },
        }),
      );
      if (channel.type !== 'PUBLIC') throw new Error(channel.type);
      return channel;
    },
    addMember: async (id, username) =>
      void answer(await client.POST('/v1/channels/{id}/members', { params: { path: { id } }, body: { username } })),
    memberNames: async (id) =>
      answer(await client.GET('/v1/channels/{id}/members', { params: { path: { id } } }))._embedded.users.map(
        ({ name }) => name,
      ),
    sendText: async (id, body, username) =>
      message(
        answer(
          await client.POST('/v1/channels/{id}/messages', { params: { path: { id } }, body: text(body, username) }),
        ),
      ),
    sendFile: async (id, username, file) => {
      const sent = answer(
        await client.POST('/v1/channels/{id}/messages', {
          params: { path: { id } },
          // What is sent is what the serializer makes of it.
          body: { username, file: '' },
          bodySerializer: () => form({ username, file }),
        }),
      );
      if (sent.type !== 'FILE') throw new Error(sent.type);
      return sent.file;
    },
    reply: async (id, body, username) =>
      message(
        answer(
          await client.POST('/v1/threads/{id}/messages', { params: { path: { id } }, body: text(body, username) }),
        ),
      ),
    editMessage: async (id, properties) =>
      void answer(
        await client.PATCH('/v1/messages/{id}', { params: { path: { id } }, body: { properties }, headers: json }),
      ),
    retrieveMessage: async (id) => message(answer(await client.GET('/v1/messages/{id}', { params: { path: { id } } }))),
    messages: (id, size) =>
      everything(async (link): Promise<Page<Message>> => {
        const page = answer(
          await client.GET('/v1/channels/{id}/messages', {
            params: { path: { id }, query: { size, ...cursorIn(link) } },
          }),
        );
        return { items: page._embedded.messages.map(message), next: page._links.next };
      }),
    replies: async (id) =>
      answer(await client.GET('/v1/threads/{id}/messages', { params: { path: { id } } }))._embedded.messages.map(
        message,
      ),
    createWebhook: async (address, types) =>
      answer(await client.POST('/v1/webhooks', { body: { url: address, types } })),
    webhookUrls: async () =>
      answer(await client.GET('/v1/webhooks'))._embedded.webhooks.map(({ url: address }) => address),
    deleteWebhook: async (id) => void answer(await client.DELETE('/v1/webhooks/{id}', { params: { path: { id } } })),
    eventTypes: async (size) =>
      answer(await client.GET('/v1/events', { params: { query: { after: 0, size } } }))._embedded.events.map(
        ({ type }) => type,
      ),
  };
}

/** What was answered, or a refusal. */
function answer<T>({
  data,
  error,
  response,
}: {
  data?: T;
  error?: Schemas['ApiError'] | Schemas['AuthenticationError'];
  response: Response;
}): T {
  if (response.ok) return data as T;
  const errors = error && 'errors' in error ? error.errors! : [];
  throw new Refusal(
    response.status,
    errors.map(({ field }) => field),
    errors.map(({ code }) => code),
  );
}

function form(parts: Record<string, string | File>): FormData {
  const built = new FormData();
  for (const [name, part] of Object.entries(parts)) built.append(name, part);
  return built;
}

const user = ({ id, name, displayName }: Schemas['ChatUserResource']): User => ({ id, name, label: displayName });

function message(given: Schemas['MessageResource']): Message {
  const { id, type, repliesCount, properties } = given;
  return {
    id,
    type,
    replies: repliesCount ?? 0,
    properties,
    ...('body' in given && { body: given.body }),
    ...('user' in given && { username: given.user.name }),
  };
}
