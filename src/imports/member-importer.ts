import { Injectable } from '@nestjs/common';
import { ModeratorsRepository } from '../channels/moderators.repository.js';
import { Bulk } from '../database/bulk.js';
import { Database } from '../database/database.js';
import { EventLog } from '../events/event-log.js';
import { parseTime } from '../resource/time.js';
import { ChannelMembershipImport } from './import.resource.js';
import { Imported, ImportKeysRepository } from './import-keys.repository.js';
import { Importer, ImportScope, Outcome, problem } from './import-kind.js';
import { ImportLookup } from './import-lookup.js';
import { ImportedReading } from './imported-reading.js';
import { tally } from './tally.js';

interface Planned {
  item: ChannelMembershipImport;
  channelId: number;
  userId: number;
}

@Injectable()
export class MemberImporter implements Importer<ChannelMembershipImport> {
  readonly kind = 'MEMBER';
  readonly type = ChannelMembershipImport;

  constructor(
    private readonly database: Database,
    private readonly bulk: Bulk,
    private readonly keys: ImportKeysRepository,
    private readonly lookup: ImportLookup,
    private readonly events: EventLog,
    private readonly reading: ImportedReading,
    private readonly moderators: ModeratorsRepository,
  ) {}

  async import(scope: ImportScope, items: readonly ChannelMembershipImport[]): Promise<Outcome[]> {
    const known = new Set((await this.keys.find(scope, 'MEMBER', items.map(keyOf))).keys());
    const channelKeys = await this.keys.find(
      scope,
      'CHANNEL',
      items.map(({ channelKey }) => channelKey),
    );
    const users = await this.lookup.usersByName(
      scope,
      items.map(({ username }) => username),
    );
    const lock = scope.isDryRun ? '' : this.database.dialect.forUpdate;
    const channelOf = (item: ChannelMembershipImport) => channelIn(scope, item, channelKeys);
    const channels = await this.lookup.lockChannels(
      scope,
      items.flatMap((item) => channelOf(item) ?? []),
      lock,
    );
    const living = await this.lockUsers(scope, [...users.values()], lock);
    const present = await this.present(
      [...channels.keys()],
      [...users.values()].filter((id) => id > 0),
    );
    const fresh: Planned[] = [];
    const moderators: Planned[] = [];
    const outcomes = items.map((item): Outcome => {
      const { idempotencyKey: key, username } = item;
      if (key !== undefined && known.has(key)) return 'skipped';
      const channelId = channelOf(item);
      // In a dry run a channel that the file itself brings has no id.
      const channel = channelId === undefined ? undefined : channels.get(channelId);
      if (channelId === undefined || (!channel && channelId > 0)) return [this.noChannel(item)];
      if (channel?.type === 'DIRECT')
        return [problem('Channel', 'members', 'unprocessable', 'cannot be changed: this is a direct channel')];
      const userId = users.get(username);
      if (userId === undefined || (userId > 0 && !living.has(userId)))
        return [
          problem('User', 'username', 'missing', `refers to a user with the name ${username}, who does not exist`),
        ];
      if (key !== undefined) known.add(key);
      const place =
        channelId > 0 && userId > 0 ? `${channelId} ${userId}` : `${item.channelKey ?? channelId} ${username}`;
      const planned = { item, channelId, userId };
      if (item.isModerator) moderators.push(planned);
      if (present.has(place)) return 'skipped';
      present.add(place);
      fresh.push(planned);
      return 'created';
    });
    if (scope.isDryRun)
      await this.keys.declare(
        scope,
        'MEMBER',
        fresh.map(({ item }) => item.idempotencyKey),
      );
    else {
      if (fresh.length > 0) await this.insert(scope, fresh);
      await this.moderators.insertMany(scope.applicationId, moderators, scope.now);
    }
    return outcomes;
  }

  private async insert(scope: ImportScope, fresh: readonly Planned[]): Promise<void> {
    const { applicationId, jobId, now } = scope;
    await this.bulk.insert(
      'memberships',
      ['channel_id', 'user_id', 'application_id', 'created_time'],
      fresh.map(({ item, channelId, userId }) => [
        channelId,
        userId,
        applicationId,
        item.createdTime === undefined ? now : parseTime(item.createdTime),
      ]),
    );
    for (const channelId of new Set(fresh.map((planned) => planned.channelId)))
      await this.reading.join(
        channelId,
        fresh.filter((planned) => planned.channelId === channelId).map(({ userId }) => userId),
      );
    await this.bulk.add('channels', 'member_count', tally(fresh.map(({ channelId }) => channelId)));
    await this.bulk.add('users', 'channel_count', tally(fresh.map(({ userId }) => userId)));
    await this.keys.remember(
      scope,
      'MEMBER',
      fresh.map(({ item, channelId, userId }) => ({ key: item.idempotencyKey, subjectId: userId, channelId })),
    );
    for (const channelId of new Set(fresh.map((planned) => planned.channelId)))
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.members_imported',
        subjectId: jobId,
        payload: {
          isImported: true,
          userIds: fresh.filter((planned) => planned.channelId === channelId).map(({ userId }) => userId),
        },
        createdTime: now,
      });
  }

  private async lockUsers({ applicationId }: ImportScope, ids: readonly number[], lock: string): Promise<Set<number>> {
    const found = await this.bulk.select<{ id: number }>(
      `SELECT id FROM users ${this.database.dialect.readBy('PRIMARY')} WHERE application_id = ? AND id IN (:list) AND deleted_time IS NULL ORDER BY id ${lock}`,
      [applicationId],
      [...new Set(ids)].filter((id) => id > 0).sort((a, b) => a - b),
    );
    return new Set(found.map(({ id }) => id));
  }

  /** Who is where already. */
  private async present(channelIds: readonly number[], userIds: readonly number[]): Promise<Set<string>> {
    const present = new Set<string>();
    for (const channelId of channelIds) {
      const found = await this.bulk.select<{ user_id: number }>(
        'SELECT user_id FROM memberships WHERE channel_id = ? AND user_id IN (:list)',
        [channelId],
        userIds,
      );
      for (const { user_id } of found) present.add(`${channelId} ${user_id}`);
    }
    return present;
  }

  private noChannel({ channelKey }: ChannelMembershipImport) {
    return channelKey === undefined
      ? problem('Channel', 'channelKey', 'missing', 'or the channel of the request does not exist')
      : problem('Channel', 'channelKey', 'missing', `${channelKey} is the key of no imported channel`);
  }
}

const keyOf = ({ idempotencyKey }: ChannelMembershipImport) => idempotencyKey;

function channelIn(
  { channelId }: ImportScope,
  { channelKey }: ChannelMembershipImport,
  keys: ReadonlyMap<string, Imported>,
): number | undefined {
  if (channelId !== undefined) return channelId;
  return channelKey === undefined ? undefined : keys.get(channelKey)?.subjectId;
}
