import { Injectable } from '@nestjs/common';
import { Bulk } from '../database/bulk.js';
import { EventLog } from '../events/event-log.js';
import { UNAVAILABLE } from '../users/users.service.js';
import { ChatUserImport } from './import.resource.js';
import { ImportKeysRepository } from './import-keys.repository.js';
import { Importer, ImportScope, Outcome, problem } from './import-kind.js';
import { ImportLookup } from './import-lookup.js';

const COLUMNS = [
  'application_id',
  'type',
  'name',
  'display_name',
  'display_picture',
  'is_guest',
  'presence_status',
  'presence_online',
  'properties',
  'created_time',
  'deleted_time',
];

@Injectable()
export class UserImporter implements Importer<ChatUserImport> {
  readonly kind = 'USER';
  readonly type = ChatUserImport;

  constructor(
    private readonly bulk: Bulk,
    private readonly keys: ImportKeysRepository,
    private readonly lookup: ImportLookup,
    private readonly events: EventLog,
  ) {}

  async import(scope: ImportScope, items: readonly ChatUserImport[]): Promise<Outcome[]> {
    const imported = await this.keys.find(scope, 'USER', items.map(keyOf));
    const looks = scope.isDryRun || !scope.isTrusting;
    const taken = new Set(looks ? (await this.lookup.usersByName(scope, items.flatMap(nameOf))).keys() : []);
    const known = new Set(imported.keys());
    const fresh: ChatUserImport[] = [];
    const outcomes = items.map((item): Outcome => {
      const { idempotencyKey: key, name } = item;
      if (key !== undefined && known.has(key)) return 'skipped';
      if (!item.isDeleted && taken.has(name))
        return [problem('User', 'name', 'already_exists', `${name} is the name of another user`)];
      if (key !== undefined) known.add(key);
      if (!item.isDeleted) taken.add(name);
      fresh.push(item);
      return 'created';
    });
    if (scope.isDryRun) await this.declare(scope, fresh);
    else if (fresh.length > 0) await this.insert(scope, fresh);
    return outcomes;
  }

  private declare(scope: ImportScope, fresh: readonly ChatUserImport[]): Promise<void> {
    return this.keys.declare(scope, 'USER', fresh.map(keyOf), fresh.flatMap(nameOf));
  }

  private async insert(scope: ImportScope, fresh: readonly ChatUserImport[]): Promise<void> {
    const { applicationId, jobId, now } = scope;
    const ids = await this.bulk.insert(
      'users',
      COLUMNS,
      fresh.map((user) => [
        applicationId,
        user.type ?? 'PERSON',
        user.isDeleted ? null : user.name,
        user.displayName,
        user.displayPicture?.url ?? null,
        user.isGuest ? 1 : 0,
        user.presence?.status ?? UNAVAILABLE,
        0,
        JSON.stringify(user.properties ?? {}),
        now,
        user.isDeleted ? now : null,
      ]),
    );
    await this.keys.remember(
      scope,
      'USER',
      fresh.map(({ idempotencyKey: key }, index) => ({ key, subjectId: ids[index]!, channelId: null })),
    );
    const living = ids.filter((_, index) => !fresh[index]!.isDeleted);
    await this.events.append({
      applicationId,
      type: 'users.imported',
      subjectId: jobId,
      payload: { isImported: true, ids: living },
      createdTime: now,
    });
    scope.counts.user_count += living.length;
  }
}

const keyOf = ({ idempotencyKey }: ChatUserImport) => idempotencyKey;
/** Those who have been deleted have no name any more. */
const nameOf = ({ name, isDeleted }: ChatUserImport) => (isDeleted ? [] : [name]);
