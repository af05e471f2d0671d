import { Injectable } from '@nestjs/common';
import { ChannelImporter } from './channel-importer.js';
import { Importable, Importer, ImportKind, ImportScope, Outcome } from './import-kind.js';
import { MemberImporter } from './member-importer.js';
import { MessageImporter } from './message-importer.js';
import { ReadItem } from './read-item.js';
import { UserImporter } from './user-importer.js';

/** Imports batches of items, whatever they are. */
@Injectable()
export class Importers {
  private readonly byKind: ReadonlyMap<ImportKind, Importer>;

  constructor(users: UserImporter, channels: ChannelImporter, members: MemberImporter, messages: MessageImporter) {
    this.byKind = new Map(
      [users, channels, members, messages].map((importer) => [importer.kind, importer as Importer]),
    );
  }

  /** Items of one kind that follow each other are imported together: what comes later may refer to them. */
  async import(scope: ImportScope, items: readonly ReadItem[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let from = 0; from < items.length;) {
      const { kind } = items[from]!;
      let to = from + 1;
      while (to < items.length && items[to]!.kind === kind) to++;
      outcomes.push(...(await this.importRun(scope, kind, items.slice(from, to))));
      from = to;
    }
    return outcomes;
  }

  private async importRun(
    scope: ImportScope,
    kind: ImportKind | undefined,
    run: readonly ReadItem[],
  ): Promise<Outcome[]> {
    const good: Importable[] = run.flatMap(({ item }) => item ?? []);
    const outcomes = kind && good.length > 0 ? await this.byKind.get(kind)!.import(scope, good) : [];
    let next = 0;
    return run.map(({ item, problems }) => (item ? outcomes[next++]! : problems));
  }
}
