import * as api from '../generated/v1/typescript-fetch/index';
import { cursorIn, everything, Message, Page, pageIn, pause, Platform, Refusal, User } from '../platform.js';

export function connect(url: string, token: string): Platform {
  const configuration = new api.Configuration({
    basePath: url,
    // It would look for that of a browser's window.
    fetchApi: fetch,
    // This release hands it on as it is.
    accessToken: () => `Bearer ${token}`,
    middleware: [{ post: refuse }],
  });
  const application = new api.ApplicationApi(configuration);
  const channels = new api.ChannelsApi(configuration);
  const events = new api.EventsApi(configuration);
  const imports = new api.ImportsApi(configuration);
  const jobs = new api.JobsApi(configuration);
  const messages = new api.MessagesApi(configuration);
  const threads = new api.ThreadsApi(configuration);
  const users = new api.UsersApi(configuration);
  const webhooks = new api.WebhooksApi(configuration);
  const text = (body: string, username?: string): api.CreateTextMessageResource => ({
    type: api.CreateTextMessageResourceTypeEnum.TEXT,
    body,
    ...(username && { user: { username } }),
  });
  return {
    applicationName: async () => (await application.retrieveAuthenticatedApplication()).name,
    createUser: async (name, label, idempotencyKey) =>
      user(await users.createUser({ createPersonChatUserResource: { name, displayName: label }, idempotencyKey })),
    retrieveUser: async (id) => user(await users.retrieveUser({ id })),
    renameUser: async (id, label) =>
      user(await users.updateUser({ id, chatUserPropertiesPatch: { displayName: label } })),
    deleteUser: async (id) => void (await users.deleteUser({ id })),
    userExists: (name) =>
      users.checkUserExists({ name }).then(
        () => true,
        () => false,
      ),
    userNames: (size) =>
      everything(async (link) => {
        const { _embedded, _links } = await users.listUsers({ size, ...pageIn(link) });
        return { items: _embedded.users.map(({ name }) => name), next: _links.next };
      }),
    importUsers: async (file) => {
      let job = await imports.importUsers({ file });
      for (; !job.endedTime; job = await jobs.retrieveJob({ id: job.id })) await pause();
      return job.counts!.created;
    },
    setSecret: async (id, name, secret) =>
      void (await users.setUserSecret({ id, name, secretResource: api.SecretResourceFromJSON({ secret }) })),
    secret: async (id, name): Promise<unknown> => (await users.retrieveUserSecret({ id, name })).secret,
    notifications: async (id) =>
      (await users.listUserNotifications({ id }))._embedded.notifications.map(({ data }) => data.type),
    createChannel: async (name, creator, members) => {
      const channel = await channels.createChannel({
        createChannelResource: {
          type: api.CreatePublicChannelResourceTypeEnum.PUBLIC,
          name,
          creator: { username: creator },
          members: members.map((username) => ({ username })),
        },
      });
      if (channel.type !== api.PublicChannelResourceTypeEnum.PUBLIC) throw new Error(channel.type);
      return channel;
    },
    addMember: async (id, username) => void (await channels.addChannelMember({ id, chatUserReference: { username } })),
    memberNames: async (id) => (await channels.listChannelMembers({ id }))._embedded.users.map(({ name }) => name),
    sendText: async (id, body, username) =>
      message(await channels.sendChannelMessage({ id, createMessageResource: text(body, username) })),
    sendFile: async (id, username, file) => {
      const form = new FormData();
      form.append('username', username);
      form.append('file', file);
      // The method knows of JSON only: the form takes its place.
      const sending = channels.withPreMiddleware(async ({ url: address, init }) => {
        const { 'Content-Type': _, ...headers } = init.headers as Record<string, string>;
        return { url: address, init: { ...init, headers, body: form } };
      });
      const sent = await sending.sendChannelMessage({ id, createMessageResource: text('') });
      if (sent.type !== api.FileChatUserMessageResourceTypeEnum.FILE) throw new Error(sent.type);
      return sent.file;
    },
    reply: async (id, body, username) =>
      message(await threads.sendThreadMessage({ id, createMessageResource: text(body, username) })),
    editMessage: async (id, properties) =>
      void (await messages.updateMessage({
        id,
        messagePropertiesPatch: api.MessagePropertiesPatchFromJSON({ properties }),
      })),
    retrieveMessage: async (id) => message(await messages.retrieveMessage({ id })),
    messages: (id, size) =>
      everything(async (link): Promise<Page<Message>> => {
        const { relation, ...cursor } = cursorIn(link);
        const { _embedded, _links } = await channels.listChannelMessages({
          id,
          size,
          ...cursor,
          ...(relation && { relation: api.ListChannelMessagesRelationEnum.NEXT }),
        });
        return { items: _embedded.messages.map(message), next: _links.next };
      }),
    replies: async (id) => (await threads.listThreadMessages({ id }))._embedded.messages.map(message),
    createWebhook: (address, types) => webhooks.createWebhook({ createWebhookResource: { url: address, types } }),
    webhookUrls: async () => (await webhooks.listWebhooks({}))._embedded.webhooks.map(({ url: address }) => address),
    deleteWebhook: async (id) => void (await webhooks.deleteWebhook({ id })),
    eventTypes: async (size) => (await events.listEvents({ after: 0, size }))._embedded.events.map(({ type }) => type),
  };
}

/** Reads what the server says before it refuses; answers without a body, as to HEAD, are left alone. */
async function refuse({ response }: api.ResponseContext): Promise<void> {
  if (response.ok || !response.headers.get('content-type')?.includes('json')) return;
  const { errors = [] } = api.ApiErrorFromJSON(await response.json());
  throw new Refusal(
    response.status,
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
