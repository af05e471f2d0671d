import { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ApiError, AuthenticationError } from '../errors/api-error.resource.js';
import { allOperations } from '../hal/operation.decorator.js';
import { describeOperation } from './operations.js';
import { completeSchemas } from './schemas.js';
import { inSnakeCase } from './snake-case.js';
import { Json, sorted } from './json.js';
import { SCOPES } from '../auth/scopes.js';
import { registeredClasses, unionOf } from '../resource/registry.js';

/** Where the server is said to be in the committed documents. */
export const EXAMPLE_URL = 'https://chat.example.org';

const TAGS: Record<string, string> = {
  analytics: 'Export analytics data from your application',
  application: 'Configure and manage your application',
  'chat-sessions': 'Chat session operations',
  channels: 'Operations to create, retrieve, update and delete channels',
  events: 'What has changed, to be read in order',
  exports: 'Export all of your application, to be imported into another',
  imports: 'Import user, channel, message data into your application',
  jobs: 'Retrieve information about long running scheduled jobs like imports and exports',
  messages: 'Operations to retrieve, update and delete messages',
  threads: 'Message thread operations',
  'user-sessions': 'User session operations',
  users: 'User operations',
  webhooks: 'Addresses that are told what has changed',
};

export interface Documents {
  /** `/v1/…`, in camelCase. */
  v1: Json;
  /** The same operations without a version in the path, in snake_case. */
  v2: Json;
}

/** Builds both documents from the code. What Nest cannot know of bodies and answers comes from our declarations. */
export function buildDocuments(app: INestApplication, publicUrl: string): Documents {
  const builder = new DocumentBuilder()
    .setTitle('ChatKitty Platform API')
    .setDescription(
      [
        'Manage the users, channels, messages and threads of a chat application.',
        'Authorize with the client id and the client secret of an application: without chosen scopes, the token is good for everything that the application may do.',
      ].join('\n\n'),
    )
    .setVersion('1.0.0')
    .setLicense('MIT', 'https://opensource.org/licenses/MIT')
    .addServer(publicUrl);
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const built = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [ApiError, AuthenticationError, ...variants()],
  });
  const v1 = complete(built, publicUrl);
  return { v1: sorted(v1), v2: sorted(inSnakeCase(v1)) };
}

/** The classes that unions stand for; Nest finds only what a field names. */
const variants = (): Type[] =>
  registeredClasses().flatMap((type) => Object.values(unionOf(type)?.classes ?? {})) as Type[];

function complete(built: OpenAPIObject, publicUrl: string): Json {
  const document = JSON.parse(JSON.stringify(built)) as Json;
  const paths = document.paths as Record<string, Record<string, Json>>;
  for (const [path, methods] of Object.entries(paths)) {
    if (!path.startsWith('/v1/')) delete paths[path];
    else for (const operation of Object.values(methods)) describeOperation(operation);
  }
  const components = document.components as Record<string, Json>;
  completeSchemas(components.schemas as Record<string, Json>);
  const tokenUrl = `${publicUrl}/oauth/token`;
  components.securitySchemes = {
    application_authorization: {
      type: 'oauth2',
      flows: { clientCredentials: { tokenUrl, refreshUrl: tokenUrl, scopes: { ...SCOPES, ...partsOfScopes() } } },
    },
  };
  return document;
}

/** What operations ask for. Each is a part of a wildcard, and can be asked for by itself. */
function partsOfScopes(): Record<string, string> {
  const needed = new Set(allOperations().flatMap(({ scopes }) => scopes));
  return Object.fromEntries(
    [...needed].map((scope) => {
      const [verb = '', kind = ''] = scope.split(':');
      return [scope, `${verb[0]!.toUpperCase()}${verb.slice(1)} ${kind.replaceAll('_', ' ')}: a part of ${verb}:*`];
    }),
  );
}
