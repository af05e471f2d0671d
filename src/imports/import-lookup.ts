import { Injectable } from '@nestjs/common';
import { Bulk } from '../database/bulk.js';
import { ImportKeysRepository } from './import-keys.repository.js';
import { ImportScope } from './import-kind.js';

/** A channel, as messages and members need it. */
export interface ImportChannel {
  id: number;
  type: string;
  main_thread_id: number;
}

/** Where replies go: the thread of a message, or one that has a name. */
export interface ImportThread {
  id: number;
  channel_id: number;
  /** The level of the messages in it. */
  nested_level: number;
}

/** Finds what the items of a batch refer to, all at once. */
@Injectable()
export class ImportLookup {
  constructor(
    private readonly bulk: Bulk,
    private readonly keys: ImportKeysRepository,
  ) {}

  /** Ids by name; in a dry run 0 for those whom the file itself declares. */
  async usersByName(scope: ImportScope, names: readonly string[]): Promise<Map<string, number>> {
    const wanted = [...new Set(names)];
    const found = await this.bulk.select<{ id: number; name: string }>(
      // Nobody who has been deleted has a name, so that the index alone answers.
      'SELECT id, name FROM users WHERE application_id = ? AND name IN (:list)',
      [scope.applicationId],
      wanted,
    );
    const ids = new Map(found.map(({ id, name }) => [name, id]));
    if (scope.isDryRun)
      for (const name of await this.keys.findDeclaredNames(scope, 'USER', wanted)) if (!ids.has(name)) ids.set(name, 0);
    return ids;
  }

  async channelsByName(scope: ImportScope, names: readonly string[]): Promise<Map<string, ImportChannel>> {
    const wanted = [...new Set(names)];
    const found = await this.bulk.select<ImportChannel & { name: string }>(
      'SELECT id, type, main_thread_id, name FROM channels WHERE application_id = ? AND name IN (:list) AND deleted_time IS NULL',
      [scope.applicationId],
      wanted,
    );
    return new Map(found.map((channel) => [channel.name, channel]));
  }

  async channelsByDirectKey(scope: ImportScope, directKeys: readonly string[]): Promise<Map<string, ImportChannel>> {
    const found = await this.bulk.select<ImportChannel & { direct_key: string }>(
      'SELECT id, type, main_thread_id, direct_key FROM channels WHERE application_id = ? AND direct_key IN (:list) AND deleted_time IS NULL',
      [scope.applicationId],
      [...new Set(directKeys)],
    );
    return new Map(found.map((channel) => [channel.direct_key, channel]));
  }

  /** The channels, held until the open unit ends: whatever happens in them has an order. */
  async lockChannels(scope: ImportScope, ids: readonly number[], lock: string): Promise<Map<number, ImportChannel>> {
    const found = await this.bulk.select<ImportChannel>(
      `SELECT id, type, main_thread_id FROM channels WHERE application_id = ? AND id IN (:list) AND deleted_time IS NULL ORDER BY id ${lock}`,
      [scope.applicationId],
      [...new Set(ids)].filter((id) => id > 0).sort((a, b) => a - b),
    );
    return new Map(found.map((channel) => [channel.id, channel]));
  }

  /** Threads by id. A message to which nobody has replied has one as well. */
  async threads(scope: ImportScope, ids: readonly number[]): Promise<Map<number, ImportThread>> {
    const wanted = [...new Set(ids)].filter((id) => id > 0);
    const started = await this.bulk.select<ImportThread>(
      'SELECT id, channel_id, nested_level + 1 AS nested_level FROM messages WHERE application_id = ? AND id IN (:list)',
      [scope.applicationId],
      wanted,
    );
    const stored = await this.bulk.select<ImportThread>(
      'SELECT id, channel_id, nested_level FROM threads WHERE application_id = ? AND id IN (:list)',
      [scope.applicationId],
      wanted,
    );
    return new Map([...started, ...stored].map((thread) => [thread.id, thread]));
  }
}
