import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DIRECT_MEMBERS_MAX, DIRECT_MEMBERS_MIN } from '../channels/channel.resource.js';
import { directKey } from '../channels/direct-key.js';
import { Bulk } from '../database/bulk.js';
import { Database } from '../database/database.js';
import { Problem } from '../errors/error-codes.js';
import { EventLog } from '../events/event-log.js';
import { parseTime } from '../resource/time.js';
import { ChannelImport } from './import.resource.js';
import { Imported, ImportKeysRepository } from './import-keys.repository.js';
import { Importer, ImportScope, Outcome, problem } from './import-kind.js';
import { ImportLookup } from './import-lookup.js';

const COLUMNS = [
  'application_id',
  'type',
  'name',
  'display_name',
  'direct_key',
  'creator_id',
  'main_thread_id',
  'member_count',
  'properties',
  'created_time',
];

/** A channel to be written, with what it refers to. */
interface Planned {
  item: ChannelImport;
  name: string | null;
  directKey: string | null;
  creatorId: number | null;
  memberIds: number[];
}

@Injectable()
export class ChannelImporter implements Importer<ChannelImport> {
  readonly kind = 'CHANNEL';
  readonly type = ChannelImport;

  constructor(
    private readonly database: Database,
    private readonly bulk: Bulk,
    private readonly keys: ImportKeysRepository,
    private readonly lookup: ImportLookup,
    private readonly events: EventLog,
  ) {}

  /** As for single channels, one that is equivalent is left as it is: the same name and type, or the same members. */
  async import(scope: ImportScope, items: readonly ChannelImport[]): Promise<Outcome[]> {
    const known = await this.keys.find(scope, 'CHANNEL', items.map(keyOf));
    const creators = await this.keys.find(
      scope,
      'USER',
      items.map(({ creatorKey }) => creatorKey),
    );
    const users = await this.lookup.usersByName(
      scope,
      items.flatMap(({ members = [], creator }) => (creator === undefined ? members : [...members, creator])),
    );
    const plans = items.map((item) => plan(item, users, creators));
    const names = plans.flatMap((planned) => ('item' in planned && planned.name !== null ? [planned.name] : []));
    const directKeys = plans.flatMap((planned) =>
      'item' in planned && planned.directKey !== null ? [planned.directKey] : [],
    );
    const named = await this.lookup.channelsByName(scope, names);
    const direct = await this.lookup.channelsByDirectKey(scope, directKeys);
    const declared = scope.isDryRun ? await this.keys.findDeclaredNames(scope, 'CHANNEL', names) : new Set<string>();

    const seen = new Set(known.keys());
    /** What of this batch has a name or a set of members. */
    const own = new Map<string, Planned>();
    const fresh: Planned[] = [];
    const equivalent: { key: string | undefined; of: number | Planned }[] = [];
    const outcomes = plans.map((planned): Outcome => {
      if (!('item' in planned)) return planned;
      const { item } = planned;
      if (item.idempotencyKey !== undefined && seen.has(item.idempotencyKey)) return 'skipped';
      // A direct channel whose people are not all there any more is like no other.
      const identity = planned.directKey ?? planned.name ?? randomUUID();
      const existing = planned.directKey === null ? named.get(identity) : direct.get(identity);
      const sibling = own.get(identity);
      const type = existing?.type ?? sibling?.item.type;
      if (type !== undefined && type !== item.type)
        return [problem('Channel', 'name', 'already_exists', `${identity} is the name of a ${type} channel`)];
      if (item.idempotencyKey !== undefined) seen.add(item.idempotencyKey);
      if (existing || sibling) {
        equivalent.push({ key: item.idempotencyKey, of: existing?.id ?? sibling! });
        return 'skipped';
      }
      if (declared.has(identity)) return 'skipped';
      own.set(identity, planned);
      fresh.push(planned);
      return 'created';
    });
    if (scope.isDryRun) {
      const isNew = ({ item }: Planned) => item.idempotencyKey;
      const same = equivalent.map(({ key }) => key);
      const own = fresh.flatMap(({ name }) => (name === null ? [] : [name]));
      await this.keys.declare(scope, 'CHANNEL', [...fresh.map(isNew), ...same], own);
      return outcomes;
    }
    const ids = fresh.length > 0 ? await this.insert(scope, fresh) : new Map<Planned, number>();
    await this.keys.remember(scope, 'CHANNEL', [
      ...fresh.map((planned) => ({ key: planned.item.idempotencyKey, subjectId: ids.get(planned)!, channelId: null })),
      ...equivalent.map(({ key, of }) => ({
        key,
        subjectId: typeof of === 'number' ? of : ids.get(of)!,
        channelId: null,
      })),
    ]);
    return outcomes;
  }

  private async insert(scope: ImportScope, fresh: readonly Planned[]): Promise<Map<Planned, number>> {
    const { applicationId, jobId, now } = scope;
    await this.dropDeletedUsers(scope, fresh);
    const mainThreads = await this.reserveThreads(applicationId, fresh.length);
    const created = ({ item }: Planned) => (item.createdTime === undefined ? now : parseTime(item.createdTime));
    const ids = await this.bulk.insert(
      'channels',
      COLUMNS,
      fresh.map((planned, index) => [
        applicationId,
        planned.item.type,
        planned.name,
        planned.item.type === 'DIRECT' ? null : (planned.item.displayName ?? planned.name),
        planned.directKey,
        planned.creatorId,
        mainThreads[index]!,
        planned.memberIds.length,
        JSON.stringify(planned.item.properties ?? {}),
        created(planned),
      ]),
    );
    await this.bulk.insert(
      'threads',
      ['id', 'application_id', 'channel_id', 'type', 'nested_level', 'properties', 'created_time'],
      fresh.map((planned, index) => [
        mainThreads[index]!,
        applicationId,
        ids[index]!,
        'MAIN',
        0,
        '{}',
        created(planned),
      ]),
    );
    await this.bulk.insert(
      'memberships',
      ['channel_id', 'user_id', 'application_id', 'created_time'],
      fresh.flatMap((planned, index) =>
        planned.memberIds.map((userId) => [ids[index]!, userId, applicationId, created(planned)]),
      ),
    );
    const memberships = new Map<number, number>();
    for (const { memberIds } of fresh) for (const id of memberIds) memberships.set(id, (memberships.get(id) ?? 0) + 1);
    await this.bulk.add('users', 'channel_count', memberships);
    await this.events.append({
      applicationId,
      type: 'channels.imported',
      subjectId: jobId,
      payload: { isImported: true, ids },
      createdTime: now,
    });
    scope.counts.channel_count += ids.length;
    return new Map(fresh.map((planned, index) => [planned, ids[index]!]));
  }

  /** Holds the people of the new channels; those who have been deleted in this moment are no members. */
  private async dropDeletedUsers({ applicationId }: ImportScope, fresh: readonly Planned[]): Promise<void> {
    const all = [...new Set(fresh.flatMap(({ memberIds }) => memberIds))].sort((a, b) => a - b);
    const { dialect } = this.database;
    const found = await this.bulk.select<{ id: number }>(
      `SELECT id FROM users ${dialect.readBy('PRIMARY')} WHERE application_id = ? AND id IN (:list) AND deleted_time IS NULL ORDER BY id ${dialect.forUpdate}`,
      [applicationId],
      all,
    );
    const living = new Set(found.map(({ id }) => id));
    for (const planned of fresh) planned.memberIds = planned.memberIds.filter((id) => living.has(id));
  }

  /** Takes ids of the sequence that messages and threads share: rows come and go, their ids are used up. */
  private async reserveThreads(applicationId: number, count: number): Promise<number[]> {
    const ids = await this.bulk.insert(
      'messages',
      ['application_id', 'channel_id', 'thread_id', 'type', 'nested_level', 'properties', 'created_time'],
      Array.from({ length: count }, () => [applicationId, 0, 0, '', 0, '{}', 0]),
    );
    await this.bulk.delete('messages', 'id', ids);
    return ids;
  }
}

const keyOf = ({ idempotencyKey }: ChannelImport) => idempotencyKey;

/** What the item means, or what is wrong with it. The creator is a member. */
function plan(
  item: ChannelImport,
  users: ReadonlyMap<string, number>,
  keys: ReadonlyMap<string, Imported>,
): Planned | Problem[] {
  const { members = [], creator, creatorKey } = item;
  const problems = members.flatMap((name, index) => (users.has(name) ? [] : [missing(`members[${index}]`, name)]));
  if (creator !== undefined && !users.has(creator)) problems.push(missing('creator', creator));
  if (creatorKey !== undefined && !keys.has(creatorKey))
    problems.push(problem('Channel', 'creatorKey', 'missing', `${creatorKey} is the key of no imported user`));
  if (problems.length > 0) return problems;
  const names = creator === undefined ? members : [...members, creator];
  const isWhole = item.hasDeletedMembers !== true;
  if (item.type === 'DIRECT' && isWhole) {
    const count = new Set(names).size;
    if (count < DIRECT_MEMBERS_MIN || count > DIRECT_MEMBERS_MAX)
      return [
        problem(
          'Channel',
          'members',
          count > DIRECT_MEMBERS_MAX ? 'too_long' : 'invalid',
          `of a direct channel must be ${DIRECT_MEMBERS_MIN} to ${DIRECT_MEMBERS_MAX} different people with the creator, not ${count}`,
        ),
      ];
  }
  const memberIds = [...new Set(names.map((name) => users.get(name)!))].sort((a, b) => a - b);
  return {
    item,
    name: item.type === 'DIRECT' ? null : (item.name ?? randomUUID()),
    // Whom a dry run has only heard of have no ids: their sets are told apart by their names.
    directKey:
      item.type !== 'DIRECT' || !isWhole
        ? null
        : memberIds.includes(0)
          ? [...new Set(names)].sort().join()
          : directKey(memberIds),
    creatorId:
      creator !== undefined ? users.get(creator)! : creatorKey === undefined ? null : keys.get(creatorKey)!.subjectId,
    memberIds,
  };
}

const missing = (field: string, name: string): Problem =>
  problem('User', field, 'missing', `refers to a user with the name ${name}, who does not exist`);
