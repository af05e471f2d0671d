import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { DriveFile } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import { FileStorage, StoredObject } from './file-storage.js';

/** The folder of files that are not whole yet. */
export const PARTIAL = 'partial';

/** Files in a folder of this machine. */
export class DiskStorage extends FileStorage {
  override readonly root: string;
  private readonly disk: FSDriver;

  constructor(folder: string) {
    super();
    this.root = resolve(folder);
    this.disk = new FSDriver({ location: this.root, visibility: 'private' });
  }

  /** Written under another name, brought to the disk, and renamed at last, which happens or does not. */
  override async write(key: string, content: Readable): Promise<void> {
    const partial = `${PARTIAL}/${randomBytes(16).toString('hex')}`;
    try {
      await this.disk.putStream(partial, content);
      await synchronise(this.pathOf(partial));
      const folder = dirname(this.pathOf(key));
      await mkdir(folder, { recursive: true });
      await rename(this.pathOf(partial), this.pathOf(key));
      await synchronise(folder);
    } catch (error) {
      await this.disk.delete(partial);
      throw error;
    }
  }

  override async read(key: string, start = 0): Promise<Readable> {
    const content = createReadStream(this.pathOf(key), { start });
    await once(content, 'open');
    return content;
  }

  override delete(key: string): Promise<void> {
    return this.disk.delete(key);
  }

  override async size(key: string): Promise<number | undefined> {
    return (await this.describe(key))?.size;
  }

  override async *list(prefix: string): AsyncIterable<StoredObject> {
    // One folder at a time: the names of all files together may be too many to hold.
    const { objects } = await this.disk.listAll(prefix, { recursive: false });
    for (const object of objects) {
      if (!(object instanceof DriveFile)) yield* this.list(object.prefix);
      else {
        const found = await this.describe(object.key);
        if (found) yield found;
      }
    }
  }

  override async signedUrl(): Promise<undefined> {
    return undefined;
  }

  private pathOf(key: string): string {
    return join(this.root, key);
  }

  private async describe(key: string): Promise<StoredObject | undefined> {
    try {
      const { contentLength, lastModified } = await this.disk.getMetaData(key);
      return { key, size: contentLength, modifiedTime: lastModified.getTime() };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** Waits until a file, or the names in a folder, would survive a loss of power. */
async function synchronise(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
