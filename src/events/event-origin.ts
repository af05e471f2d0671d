import { AsyncLocalStorage } from 'node:async_hooks';

/*
 * Whoever lets others know of changes may need to know what caused one: the connection that asked for it has had its
 * answer. All events that are written inside of `withOrigin` carry what it names.
 */

const origins = new AsyncLocalStorage<string>();
let open = 0;

/** While the storage is in use, Node 20 follows every promise of the process, so it rests when nothing is open. */
export async function withOrigin<T>(origin: string, work: () => Promise<T>): Promise<T> {
  open++;
  try {
    return await origins.run(origin, work);
  } finally {
    if (--open === 0) origins.disable();
  }
}

export const currentOrigin = (): string | undefined => origins.getStore();
