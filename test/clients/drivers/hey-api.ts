import * as api from '../generated/v1/hey-api/index';
import { createClient } from '../generated/v1/hey-api/client/index';
import { cursorIn, everything, Message, Page, pageIn, pause, Platform, Refusal, User } from '../platform.js';

export function connect(url: string, token: string): Platform {
  const client = createClient({ baseUrl: url, auth: token });
  const text = (body: string, username?: string): api.CreateTextMessageResource => ({
    type: 'TEXT',
    body,
    ...(username && { user: { username } }),
  });
  return {
    applicationName: async () => answer(await api.retrieveAuthenticatedApplication({ client })).name,
    createUser: async (name, label, key) =>
      user(
        answer(
          await api.createUser({
            client,
            body: { name, displayName: label },
            ...(key && { headers: { 'Idempotency-Key': key } }),
          }),
        ),
      ),
    retrieveUser: async (id) => user(answer(await api.retrieveUser({ client, path: { id } }))),
    renameUser: async (id, label) =>
      user(answer(await api.updateUser({ client, path: { id }, body: { displayName: label } }))),
    deleteUser: async (id) => void answer(await api.deleteUser({ client, path: { id } })),
    userExists: async (name) => (await api.checkUserExists({ client, query: { name } })).response!.ok,
    userNames: (size) =>
      everything(async (link) => {
        const page = answer(await api.listUsers({ client, query: { size, ...pageIn(link) } }));
        return { items: page._embedded.users.map(({ name }) => name), next: page._links.next };
      }),
    importUsers: async (file) => {
      let job = answer(await api.importUsers({ client, body: { file } }));
      for (; !job.endedTime; await pause()) job = answer(await api.retrieveJob({ client, path: { id: job.id } }));
      return job.counts!.created;
    },
    setSecret: async (id, name, secret) =>
      void answer(await api.setUserSecret({ client, path: { id, name }, body: { secret } })),
    secret: async (id, name) => answer(await api.retrieveUserSecret({ client, path: { id, name } })).secret,
    notifications: async (id) =>
      answer(await api.listUserNotifications({ client, path: { id } }))._embedded.notifications.map(
        ({ data }) => data.type,
      ),
    createChannel: async (name, creator, members) => {
      const channel = answer(
        await api.createChannel({
          client,
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
      void answer(await api.addChannelMember({ client, path: { id }, body: { username } })),
    memberNames: async (id) =>
      answer(await api.listChannelMembers({ client, path: { id } }))._embedded.users.map(({ name }) => name),
    sendText: async (id, body, username) =>
      message(answer(await api.sendChannelMessage({ client, path: { id }, body: text(body, username) }))),
    sendFile: async (id, username, file) => {
      const form = new FormData();
      form.append('username', username);
      form.append('file', file);
      const sent = answer(
        await api.sendChannelMessage({
          client,
          path: { id },
          // The function knows of JSON only: the form takes its place.
          body: text(''),
          bodySerializer: () => form,
          headers: { 'Content-Type': null } as never,
        }),
      );
      if (sent.type !== 'FILE') throw new Error(sent.type);
      return sent.file;
    },
    reply: async (id, body, username) =>
      message(answer(await api.sendThreadMessage({ client, path: { id }, body: text(body, username) }))),
    editMessage: async (id, properties) =>
      void answer(await api.updateMessage({ client, path: { id }, body: { properties } })),
    retrieveMessage: async (id) => message(answer(await api.retrieveMessage({ client, path: { id } }))),
    messages: (id, size) =>
      everything(async (link): Promise<Page<Message>> => {
        const query = { size, ...cursorIn(link) };
        const page = answer(await api.listChannelMessages({ client, path: { id }, query }));
        return { items: page._embedded.messages.map(message), next: page._links.next };
      }),
    replies: async (id) =>
      answer(await api.listThreadMessages({ client, path: { id } }))._embedded.messages.map(message),
    createWebhook: async (address, types) => answer(await api.createWebhook({ client, body: { url: address, types } })),
    webhookUrls: async () =>
      answer(await api.listWebhooks({ client }))._embedded.webhooks.map(({ url: address }) => address),
    deleteWebhook: async (id) => void answer(await api.deleteWebhook({ client, path: { id } })),
    eventTypes: async (size) =>
      answer(await api.listEvents({ client, query: { after: 0, size } }))._embedded.events.map(({ type }) => type),
  };
}

/** What was answered, or a refusal. */
function answer<T>({
  data,
  error,
  response,
}: {
  data?: T;
  error?: api.ApiError | api.AuthenticationError;
  response?: Response;
}): T {
  if (response?.ok) return data as T;
  const errors = error && 'errors' in error ? error.errors! : [];
  throw new Refusal(
    response!.status,
    errors.map(({ field }) => field),
    errors.map(({ code }) => code),
  );
}

const user = ({ id, name, displayName }: api.ChatUserResource): User => ({ id, name, label: displayName });

function message(given: api.MessageResource): Message {
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
