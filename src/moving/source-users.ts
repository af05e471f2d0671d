import { Injectable } from '@nestjs/common';
import { MoveContext } from './move-context.js';
import { MoveItem } from './move-writer.js';
import { MovesRepository } from './moves.repository.js';
import { SourceRefusal } from './source-client.js';
import { deletedUserItem, userItem } from './source-items.js';
import { SourceUser } from './source.resources.js';

/** People whom something refers to. */
export interface ResolvedUsers {
  /** Those who are not there yet, to be written before what refers to them. */
  items: MoveItem[];
  /** Of those who have not been deleted, by their ids on the other server. */
  names: Map<number, string>;
}

/** Finds the people whom channels, memberships and messages refer to: also those who came, or went, since users were listed. */
@Injectable()
export class SourceUsers {
  constructor(private readonly moves: MovesRepository) {}

  /** With what is told about them where they are referred to, which is all that is left of those who were deleted. */
  async resolve(
    { move, client, key }: MoveContext,
    referred: ReadonlyMap<number, SourceUser | undefined>,
  ): Promise<ResolvedUsers> {
    const known = await this.moves.userNames(
      move.application_id,
      [...referred.keys()].map((id) => key('user', id)),
    );
    const names = new Map<number, string>();
    for (const id of referred.keys()) {
      const name = known.get(key('user', id));
      if (typeof name === 'string') names.set(id, name);
    }
    const strangers = [...referred].filter(([id]) => !known.has(key('user', id)));
    const items = await Promise.all(
      strangers.map(async ([id, told]): Promise<MoveItem[]> => {
        const remoteId = String(id);
        try {
          const user = await client.get<SourceUser>(`/users/${id}`);
          names.set(id, user.name);
          return [{ kind: 'USER', remoteId, item: userItem(user, key) }];
        } catch (error) {
          if (!isGone(error)) throw error;
          return told ? [{ kind: 'USER', remoteId, item: deletedUserItem(told, key) }] : [];
        }
      }),
    );
    return { items: items.flat(), names };
  }
}

/** It does not exist any more. */
export const isGone = (error: unknown): error is SourceRefusal =>
  error instanceof SourceRefusal && (error.status === 404 || error.status === 410);

/** The people who are told of, each once. */
export const peopleIn = (users: readonly (SourceUser | undefined)[]): Map<number, SourceUser> =>
  new Map(users.flatMap((user) => (user ? [[user.id, user]] : [])));
