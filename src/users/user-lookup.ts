import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { Problem } from '../errors/error-codes.js';
import { ChatUserReference, describeReference, referredUser } from './user-reference.js';
import { UserRow } from './user.rows.js';
import { UsersRepository } from './users.repository.js';

/** A reference, with the field of the request that it stands in. */
export interface ReferenceInField {
  field: string;
  reference: ChatUserReference;
}

/** Finds the users that a request refers to. */
@Injectable()
export class UserLookup {
  constructor(private readonly users: UsersRepository) {}

  /** The users in the order of the references; all that do not exist are named in one error. */
  async retrieveAll(applicationId: number, references: readonly ReferenceInField[]): Promise<UserRow[]> {
    const named = references.map(({ reference }) => referredUser(reference));
    const ids = named.flatMap((user) => ('id' in user ? [user.id] : []));
    const names = named.flatMap((user) => ('name' in user ? [user.name] : []));
    const found = [
      ...(await this.users.findByIds(applicationId, [...new Set(ids)])),
      ...(await this.users.findByNames(applicationId, [...new Set(names)])),
    ];
    const byId = new Map(found.map((user) => [user.id, user]));
    const byName = new Map(found.map((user) => [user.name, user]));
    const problems: Problem[] = [];
    const users = named.flatMap((user, index) => {
      const row = 'id' in user ? byId.get(user.id) : byName.get(user.name);
      if (!row) problems.push(missing(references[index]!));
      return row ? [row] : [];
    });
    if (problems.length > 0) throw new ResourceNotFoundError(problems);
    return users;
  }

  async retrieve(applicationId: number, reference: ChatUserReference, field: string): Promise<UserRow> {
    const [user] = await this.retrieveAll(applicationId, [{ field, reference }]);
    return user!;
  }
}

export const missing = ({ field, reference }: ReferenceInField): Problem => ({
  resource: 'User',
  field,
  code: 'missing',
  message: `refers to a user with ${describeReference(reference)}, who does not exist`,
});
