import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { FileStorage } from '../storage/file-storage.js';
import { FileOwner, FilesRepository } from './files.repository.js';

/** How often to look for files that another process released, or that could not be removed before. */
const EVERY_MS = 60_000;
const FILES_A_STEP = 100;

/**
 * Removes files that are not needed any more: first the bytes, then the row that knows of them. Whatever interrupts it,
 * the row tells the next attempt, of this process or another, what is still to be removed. To remove what is gone
 * already does no harm.
 */
@Injectable()
export class FileRemoval implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Files');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isAwake = false;
  private isStopped = false;

  constructor(
    private readonly files: FilesRepository,
    private readonly storage: FileStorage,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Takes the files of these owners away: their rows in the unit that is open, what is in storage after it. */
  async release(applicationId: number, type: FileOwner, ownerIds: readonly number[]): Promise<void> {
    if (ownerIds.length === 0) return;
    const { sql, parameters } = this.files.release(applicationId, type, ownerIds);
    const { affectedRows } = await this.database.execute(sql, parameters);
    if (affectedRows > 0) this.unitOfWork.afterCommit(() => this.wake());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), EVERY_MS);
    this.timer.unref();
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** There may be files to remove. */
  wake(): void {
    this.isAwake = true;
    if (this.running || this.isStopped || !this.timer) return;
    this.running = this.run().finally(() => {
      this.running = undefined;
      if (this.isAwake) this.wake();
    });
  }

  private async run(): Promise<void> {
    this.isAwake = false;
    try {
      while (!this.isStopped && (await this.removeSome()));
    } catch (error) {
      this.log.error(`Files cannot be removed now: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** False when there is nothing left, or nothing could be done about what is left. */
  private async removeSome(): Promise<boolean> {
    const released = await this.files.released(FILES_A_STEP);
    const removed: number[] = [];
    for (const { id, storage_key: key } of released) {
      try {
        await this.storage.delete(key);
        removed.push(id);
      } catch (error) {
        this.log.error(`The file ${key} cannot be removed now: ${String(error)}`);
      }
    }
    if (removed.length > 0) await this.files.delete(removed);
    return removed.length > 0;
  }
}
