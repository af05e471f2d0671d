import axios, { AxiosError } from 'axios';
import * as api from '../generated/v1/typescript-axios/index';
import { cursorIn, everything, Message, Page, pageIn, pause, Platform, Refusal, User } from '../platform.js';

export function connect(url: string, token: string): Platform {
  const http = axios.create();
  http.interceptors.response.use(undefined, (error: AxiosError<api.ApiError>) => {
    const { status, data } = error.response!;
    const errors = data.errors ?? [];
    throw new Refusal(
      status,
      errors.map(({ field }) => field),
      errors.map(({ code }) => code),
    );
  });
  const configuration = new api.Configuration({ accessToken: token });
  const application = new api.ApplicationApi(configuration, url, http);
  const channels = new api.ChannelsApi(configuration, url, http);
  const events = new api.EventsApi(configuration, url, http);
  const imports = new api.ImportsApi(configuration, url, http);
  const jobs = new api.JobsApi(configuration, url, http);
  const messages = new api.MessagesApi(configuration, url, http);
  const threads = new api.ThreadsApi(configuration, url, http);
  const users = new api.UsersApi(configuration, url, http);
  const webhooks = new api.WebhooksApi(configuration, url, http);
  const text = (body: string, username?: string): api.CreateTextMessageResource => ({
    type: api.CreateTextMessageResourceTypeEnum.TEXT,
    body,
    ...(username && { user: { username } }),
  });
  return {
    applicationName: async () => (await application.retrieveAuthenticatedApplication()).data.name,
    createUser: async (name, label, key) => user((await users.createUser({ name, displayName: label }, key)).data),
    retrieveUser: async (id) => user((await users.retrieveUser(id)).data),
    renameUser: async (id, label) => user((await users.updateUser(id, undefined, { displayName: label })).data),
    deleteUser: async (id) => void (await users.deleteUser(id)),
    userExists: async (name) => {
      const { status } = await users.checkUserExists(name, { validateStatus: () => true });
      return status === 200;
    },
    userNames: (size) =>
      everything(async (link) => {
        const { page, after } = pageIn(link);
        const { data } = await users.listUsers(page, size, undefined, after);
        return { items: data._embedded.users.map(({ name }) => name), next: data._links.next };
      }),
    importUsers: async (file) => {
      let { data: job } = await imports.importUsers(file);
      for (; !job.endedTime; job = (await jobs.retrieveJob(job.id)).data) await pause();
      return job.counts!.created;
    },
    setSecret: async (id, name, secret) => void (await users.setUserSecret(name, id, { secret })),
    secret: async (id, name): Promise<unknown> => (await users.retrieveUserSecret(name, id)).data.secret,
    notifications: async (id) =>
      (await users.listUserNotifications(id)).data._embedded.notifications.map(({ data }) => data.type),
    createChannel: async (name, creator, members) => {
      const { data } = await channels.createChannel({
        type: api.CreatePublicChannelResourceTypeEnum.PUBLIC,
        name,
        creator: { username: creator },
        members: members.map((username) => ({ username })),
      });
      if (data.type !== api.PublicChannelResourceTypeEnum.PUBLIC) throw new Error(data.type);
      return data;
    },
    addMember: async (id, username) => void (await channels.addChannelMember(id, { username })),
    memberNames: async (id) => (await channels.listChannelMembers(id)).data._embedded.users.map(({ name }) => name),
    sendText: async (id, body, username) => message((await channels.sendChannelMessage(id, text(body, username))).data),
    sendFile: async (id, username, file) => {
      const form = new FormData();
      form.append('username', username);
      form.append('file', file);
      // The method knows of JSON only: the form takes its place.
      const { data } = await channels.sendChannelMessage(id, text(''), undefined, { transformRequest: () => form });
      if (data.type !== api.FileChatUserMessageResourceTypeEnum.FILE) throw new Error(data.type);
      return data.file;
    },
    reply: async (id, body, username) => message((await threads.sendThreadMessage(id, text(body, username))).data),
    editMessage: async (id, properties) => void (await messages.updateMessage(id, undefined, { properties })),
    retrieveMessage: async (id) => message((await messages.retrieveMessage(id)).data),
    messages: (id, size) =>
      everything(async (link): Promise<Page<Message>> => {
        const { start, next, relation } = cursorIn(link);
        const { data } = await channels.listChannelMessages(id, size, start, next, relation);
        return { items: data._embedded.messages.map(message), next: data._links.next };
      }),
    replies: async (id) => (await threads.listThreadMessages(id)).data._embedded.messages.map(message),
    createWebhook: async (address, types) => (await webhooks.createWebhook({ url: address, types })).data,
    webhookUrls: async () => (await webhooks.listWebhooks()).data._embedded.webhooks.map(({ url: address }) => address),
    deleteWebhook: async (id) => void (await webhooks.deleteWebhook(id)),
    eventTypes: async (size) =>
      (await events.listEvents(0, undefined, size)).data._embedded.events.map(({ type }) => type),
  };
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
