import { Database } from '../../src/database/database.js';
import { EventDispatcher } from '../../src/events/event-dispatcher.js';
import { NOTIFICATIONS_READER } from '../../src/notifications/notification-feed.js';
import { TestApp } from './app.js';
import { until } from './wait.js';

/** Whether this reader of the log has read all that happened before. */
export async function allIsRead(database: Database, reader = NOTIFICATIONS_READER): Promise<boolean> {
  const [row] = await database.query<{ newest: number | null; position: number | null }>(
    'SELECT (SELECT MAX(id) FROM events) AS newest, (SELECT position FROM event_positions WHERE subscriber = ?) AS position',
    [reader],
  );
  return row!.position !== null && Number(row!.position) >= Number(row!.newest ?? 0);
}

/** Waits until everybody has been notified of what happened before. */
export async function notified({ app, database }: TestApp): Promise<void> {
  await until('all has been read', () => {
    app.get(EventDispatcher).wake();
    return allIsRead(database);
  });
}
