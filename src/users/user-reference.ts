import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { ClientError } from '../errors/api-error.js';
import { IdField, ListField, NameField, ObjectField, FieldOptions, TextField } from '../resource/fields.js';
import { isJsonObject } from '../resource/json.js';
import { About } from '../resource/registry.js';

/** A user named by id. */
export class ChatUserIdReference {
  @IdField({ description: 'The id of the user' })
  id!: number;
}

/** A user named by username. */
export class ChatUserUsernameReference {
  @NameField({ description: 'The name of the user' })
  username!: string;
}

/** Names a user in one of three ways: by id, by username, or by the link to it. */
@About('User')
export class ChatUserReference {
  @IdField({ description: 'The id of the user', optional: true })
  id?: number;

  @NameField({ description: 'The name of the user', optional: true })
  username?: string;

  @TextField({
    description: 'The self link of the user',
    max: 2048,
    optional: true,
    pattern: { matches: /\/users\/[1-9][0-9]{0,15}$/, message: 'must be the self link of a user' },
  })
  href?: string;
}

/** The id or the name that a reference stands for. */
export function referredUser(reference: ChatUserReference): { id: number } | { name: string } {
  if (reference.id !== undefined) return { id: reference.id };
  if (reference.username !== undefined) return { name: reference.username };
  if (reference.href === undefined)
    throw ClientError.of('User', 'username', 'missing_field', 'or id is required, to name a user');
  const id = Number(/[0-9]+$/.exec(reference.href)?.[0]);
  return { id: Number.isSafeInteger(id) ? id : 0 };
}

/** How errors show a reference. */
export function describeReference(reference: ChatUserReference): string {
  const user = referredUser(reference);
  return 'id' in user ? `the id ${user.id}` : `the name ${user.name}`;
}

const namesUser = (value: unknown): boolean =>
  !isJsonObject(value) || value.id !== undefined || value.username !== undefined || value.href !== undefined;

const NamesUser = (each: boolean) =>
  ValidateBy(
    { name: 'namesUser', validator: { validate: namesUser } },
    { message: 'must name a user by id or username', context: { code: 'missing_field' }, each },
  );

export function UserReferenceField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(ObjectField({ ...options, type: () => ChatUserReference }), NamesUser(false));
}

export function UserReferenceListField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(ListField({ ...options, type: () => ChatUserReference }), NamesUser(true));
}
