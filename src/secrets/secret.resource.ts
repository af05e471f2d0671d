import { Param, PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { ClientError } from '../errors/api-error.js';
import { JsonField } from '../resource/fields.js';
import { isCleanText, type JsonText } from '../resource/json.js';
import { About } from '../resource/registry.js';

export const SECRET_NAME_MAX = 255;
/** The most that a secret may take as JSON, in bytes. */
export const SECRET_MAX_BYTES = 65_535;
/** The most secrets that a user may have. */
export const SECRETS_OF_USER_MAX = 100;

/** A value that only the Platform API can read. */
@About('Secret')
export class SecretResource {
  @JsonField({
    description: 'The value: any JSON, null as well',
    maxBytes: SECRET_MAX_BYTES,
    example: { token: 'masked' },
  })
  secret!: unknown;
}

export const toSecretResource = (secret: JsonText): SecretResource => ({ secret });

/** The same rules as for other names: engines treat space at the ends differently. */
class SecretNamePipe implements PipeTransform<string, string> {
  transform(name: string): string {
    const refuse = (code: 'invalid' | 'too_long', message: string) => ClientError.of('Secret', 'name', code, message);
    if (name.length > SECRET_NAME_MAX) throw refuse('too_long', `must have at most ${SECRET_NAME_MAX} characters`);
    if (!isCleanText(name)) throw refuse('invalid', 'must not contain NUL characters or unpaired surrogates');
    if (!/^\S(.*\S)?$/su.test(name)) throw refuse('invalid', 'must not begin or end with white space');
    return name;
  }
}

/** The name of a secret in the path. The router has decoded it, once. */
export function SecretNameParam(): ParameterDecorator {
  return (target, key, index) => {
    Param('name', new SecretNamePipe())(target, key, index);
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    const schema = { type: 'string', minLength: 1, maxLength: SECRET_NAME_MAX } as const;
    ApiParam({ name: 'name', required: true, description: "The secret's name", schema })(target, key!, method);
  };
}
