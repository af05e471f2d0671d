import { APPLICATION, SETTINGS } from '../hal/links.js';
import { EnumField, IdField, ObjectField, PropertiesField, TextField, TimeField } from '../resource/fields.js';
import type { JsonText } from '../resource/json.js';
import { About, Links } from '../resource/registry.js';
import { Application } from './application.entity.js';

const COLLECTIONS = {
  self: APPLICATION,
  settings: SETTINGS,
  users: '/users',
  channels: '/channels',
  messages: '/messages',
  jobs: '/jobs',
  userSessions: '/user-sessions',
  chatSessions: '/chat-sessions',
  webhooks: '/webhooks',
  events: '/events',
  messageReadReceiptSummaries: `${APPLICATION}/message-read-receipt-summaries`,
  'find:users': '/users{?page,size,sort,name,properties,unread}',
  'find:channels': '/channels{?page,size,sort,type,members,startTime,endTime,properties}',
  'find:messages': '/messages{?size,username,query}',
  'find:userSessions': '/user-sessions{?page,size,sort,state}',
  'find:chatSessions': '/chat-sessions{?page,size,sort,state}',
  // No list has secrets: whoever may not know one shall not know its name either.
  'find:userSecret': '/users{/userId}/secrets{/secretName}',
};

/** A tenant, and the way to everything it has. */
@Links(COLLECTIONS)
export class ApplicationResource {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @TextField({ description: 'Primary API key assigned to this application', max: 64 })
  key!: string;

  @TextField({ description: 'The name of this application', max: 255, optional: true })
  name?: string;

  @TimeField({ description: 'ISO date-time this application was created' })
  createdTime!: number;

  @PropertiesField({ description: 'Custom properties attached to this application' })
  properties!: JsonText;
}

export const FEATURE_STATES = ['DISABLED', 'ENABLED'] as const;
export type FeatureState = (typeof FEATURE_STATES)[number];

/** Which features an application has, as the nested form shows them. */
@About('ApplicationSettings')
export class ApplicationFeatureSettingsProperties {
  @EnumField({ description: 'Guests may start sessions', values: FEATURE_STATES, enumName: 'FeatureState' })
  guestUsers!: FeatureState;

  @EnumField({ description: 'End users may create channels', values: FEATURE_STATES, enumName: 'FeatureState' })
  userCreatedChannels!: FeatureState;
}

/** The settings of an application. */
@Links({ self: SETTINGS, application: APPLICATION })
export class ApplicationSettingsResource extends ApplicationFeatureSettingsProperties {
  @ObjectField({
    description: 'The same settings in the form that newer clients read',
    type: () => ApplicationFeatureSettingsProperties,
    optional: true,
  })
  features?: ApplicationFeatureSettingsProperties;
}

/** A setting that may stand in either place of {@link ApplicationSettingsProperties}. */
class OptionalFeatureSettings {
  @EnumField({
    description: 'Guests may start sessions',
    values: FEATURE_STATES,
    enumName: 'FeatureState',
    optional: true,
  })
  guestUsers?: FeatureState;

  @EnumField({
    description: 'End users may create channels',
    values: FEATURE_STATES,
    enumName: 'FeatureState',
    optional: true,
  })
  userCreatedChannels?: FeatureState;
}

/** New settings: flat, or nested under `features` as newer clients send them. A whole resource may be sent back. */
@About('ApplicationSettings')
export class ApplicationSettingsProperties extends OptionalFeatureSettings {
  @ObjectField({ description: 'The settings in nested form', type: () => OptionalFeatureSettings, optional: true })
  features?: OptionalFeatureSettings;

  @PropertiesField({ description: 'Ignored: clients may send the resource back as they got it', optional: true })
  _links?: Record<string, unknown>;
}

export function toApplicationResource(application: Application): ApplicationResource {
  const { id, key, name, createdTime, properties } = application;
  return { id, key, name, createdTime, properties };
}

const state = (isEnabled: boolean): FeatureState => (isEnabled ? 'ENABLED' : 'DISABLED');

export function toApplicationSettingsResource(application: Application): ApplicationSettingsResource {
  const settings = {
    guestUsers: state(application.guestUsers),
    userCreatedChannels: state(application.userCreatedChannels),
  };
  return { ...settings, features: settings };
}
