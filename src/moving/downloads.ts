import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { FileOwner, FilesRepository } from '../files/files.repository.js';
import { HOSTED_FILES, hosted, HostedFile, hostedPath, hostedProperties } from '../files/hosted-file.js';
import { ImportKeysRepository } from '../imports/import-keys.repository.js';
import { ImportScope } from '../imports/import-kind.js';
import { FileStorage } from '../storage/file-storage.js';
import { detectContentType } from '../uploads/content-type.js';
import { safeFileName } from '../uploads/file-name.js';
import { headOf, newKey, storeFile } from '../uploads/stored-file.js';
import { MoveContext } from './move-context.js';
import { failureLine, Written } from './move-writer.js';
import { FailureLine } from './moves.repository.js';
import { isGenerated } from './source-items.js';
import { SourceMessage, SourceUser } from './source.resources.js';

/** Files that are in storage, by what has them on the other server. */
export interface Downloaded {
  files: Map<number, HostedFile>;
  failures: FailureLine[];
}

/** Takes over the files that the other server keeps. What is kept elsewhere is referred to as before. */
@Injectable()
export class Downloads {
  constructor(
    private readonly storage: FileStorage,
    private readonly config: Config,
    private readonly files: FilesRepository,
    private readonly keys: ImportKeysRepository,
    private readonly database: Database,
  ) {}

  ofMessages(context: MoveContext, messages: readonly SourceMessage[]): Promise<Downloaded> {
    return this.fetchAll(
      context,
      'message',
      messages.flatMap(({ id, file }) => (file?.type === 'HOSTED' ? [{ id, url: file.url, name: file.name }] : [])),
    );
  }

  /** Whether a picture is kept there is not told but by its address. */
  ofUsers(context: MoveContext, users: readonly SourceUser[]): Promise<Downloaded> {
    return this.fetchAll(
      context,
      'user',
      users.flatMap(({ id, displayPictureUrl: url }) =>
        url !== undefined && !isGenerated(url) && context.client.isOwn(url) ? [{ id, url, name: nameIn(url) }] : [],
      ),
    );
  }

  /** In the unit that writes what has the files: they belong to it from then on. Those that nobody got go again. */
  async adopt(
    { key }: MoveContext,
    scope: ImportScope,
    kind: FileOwner,
    { files }: Downloaded,
    written: Written,
  ): Promise<number> {
    const created = written.created(kind);
    const fresh = [...files].filter(([id]) => created.has(String(id)));
    const name = kind === 'MESSAGE' ? 'message' : 'user';
    const local = await this.keys.find(
      scope,
      kind,
      fresh.map(([id]) => key(name, id)),
    );
    for (const [id, file] of fresh) {
      const ownerId = local.get(key(name, id))!.subjectId;
      const owner = { type: kind, id: { sql: '?', parameters: [ownerId] } };
      const { sql, parameters } = this.files.insertion(scope.applicationId, file, owner, scope.now);
      await this.database.execute(sql, parameters);
      const [table, column, value] =
        kind === 'MESSAGE'
          ? ['messages', 'file', JSON.stringify(hostedProperties(file))]
          : ['users', 'display_picture', hostedPath(file)];
      await this.database.execute(`UPDATE ${table} SET ${column} = ? WHERE id = ? AND application_id = ?`, [
        value,
        ownerId,
        scope.applicationId,
      ]);
    }
    return fresh.length;
  }

  private async fetchAll(
    context: MoveContext,
    kind: 'message' | 'user',
    wanted: readonly { id: number; url: string; name: string }[],
  ): Promise<Downloaded> {
    const files = new Map<number, HostedFile>();
    const failures: FailureLine[] = [];
    if (!context.downloadsFiles || wanted.length === 0) return { files, failures };
    const known = await this.keys.find(
      { applicationId: context.move.application_id, jobId: context.move.id, isDryRun: false },
      kind === 'message' ? 'MESSAGE' : 'USER',
      wanted.map(({ id }) => context.key(kind, id)),
    );
    await Promise.all(
      wanted
        .filter(({ id }) => !known.has(context.key(kind, id)))
        .map(async ({ id, url, name }) => {
          const fetched = await this.fetch(context, url, name);
          if (typeof fetched !== 'string') files.set(id, fetched);
          else failures.push(failureLine({ kind: 'FILE', remoteId: `${kind}-${id}` }, [{ message: fetched }]));
        }),
    );
    return { files, failures };
  }

  /** Stores the file, or says why not. */
  private async fetch({ client, move }: MoveContext, url: string, givenName: string): Promise<HostedFile | string> {
    try {
      return await client.download(url, async (response) => {
        if (!response.ok || !response.body) throw new Error(`was answered ${response.status}`);
        if (Number(response.headers.get('content-length') ?? 0) > this.config.maxUploadBytes) {
          await response.body.cancel();
          throw new Error('has more than MAX_UPLOAD_BYTES');
        }
        const chunks = response.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
        const head = await headOf(chunks);
        const name = safeFileName(givenName);
        const contentType = await detectContentType(head, name);
        const key = newKey(HOSTED_FILES, move.application_id);
        return hosted(await storeFile(this.storage, { key, name, contentType }, { head, chunks }));
      });
    } catch (error) {
      return `${url} is referred to, since it could not be kept here: ${(error as Error).message}`;
    }
  }
}

/** The last part of an address. */
function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
