import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { parseTime } from '../resource/time.js';
import { MessageImport } from './import.resource.js';
import { ImportKeysRepository } from './import-keys.repository.js';
import { Importer, ImportScope, Outcome } from './import-kind.js';
import { ImportLookup } from './import-lookup.js';
import { MessageImportRepository } from './message-import.repository.js';
import { MessageReferences, PlannedMessage, planMessage } from './message-plan.js';

@Injectable()
export class MessageImporter implements Importer<MessageImport> {
  readonly kind = 'MESSAGE';
  readonly type = MessageImport;

  constructor(
    private readonly database: Database,
    private readonly keys: ImportKeysRepository,
    private readonly lookup: ImportLookup,
    private readonly messages: MessageImportRepository,
  ) {}

  async import(scope: ImportScope, items: readonly MessageImport[]): Promise<Outcome[]> {
    const known = new Set((await this.keys.find(scope, 'MESSAGE', items.map(keyOf))).keys());
    const siblings = new Map<string, PlannedMessage>();
    const references = await this.references(scope, items, siblings);
    const fresh: PlannedMessage[] = [];
    const outcomes = items.map((item): Outcome => {
      const { idempotencyKey: key } = item;
      if (key !== undefined && known.has(key)) return 'skipped';
      const planned = planMessage(item, references);
      if (Array.isArray(planned)) return planned;
      if (key !== undefined) {
        known.add(key);
        siblings.set(key, planned);
      }
      fresh.push(planned);
      return 'created';
    });
    if (scope.isDryRun)
      await this.keys.declare(
        scope,
        'MESSAGE',
        fresh.map(({ item }) => item.idempotencyKey),
      );
    else if (fresh.length > 0) await this.messages.insert(scope, fresh, timeOf(scope));
    return outcomes;
  }

  /** Looks up all at once. The channels are held from here on. */
  private async references(
    scope: ImportScope,
    items: readonly MessageImport[],
    siblings: ReadonlyMap<string, PlannedMessage>,
  ): Promise<MessageReferences> {
    const all = (field: 'channelKey' | 'userKey' | 'parentKey') => items.map((item) => item[field]);
    const channelKeys = await this.keys.find(scope, 'CHANNEL', all('channelKey'));
    const channelIds = items.flatMap(({ channelId, channelKey }) =>
      channelId !== undefined
        ? [channelId]
        : channelKey === undefined
          ? []
          : [channelKeys.get(channelKey)?.subjectId ?? 0],
    );
    const lock = scope.isDryRun ? '' : this.database.dialect.forUpdate;
    const channels = await this.lookup.lockChannels(scope, channelIds, lock);
    const parentKeys = await this.keys.find(scope, 'MESSAGE', all('parentKey'));
    const threadIds = items.flatMap(({ threadId }) => threadId ?? []);
    return {
      channelKeys,
      channels,
      users: await this.lookup.usersByName(
        scope,
        items.flatMap(({ user }) => user ?? []),
      ),
      userKeys: await this.keys.find(scope, 'USER', all('userKey')),
      parentKeys,
      threads: await this.lookup.threads(scope, [
        ...threadIds,
        ...[...parentKeys.values()].map(({ subjectId }) => subjectId),
      ]),
      siblings,
    };
  }
}

const keyOf = ({ idempotencyKey }: MessageImport) => idempotencyKey;
const timeOf =
  ({ now }: ImportScope) =>
  ({ createdTime }: MessageImport): number =>
    createdTime === undefined ? now : parseTime(createdTime);
