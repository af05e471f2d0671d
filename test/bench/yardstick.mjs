import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes what another load generator needs to know of the data set, and answers the environment that points it here. */
export function writeYardstickFiles(data, folder) {
  const ids = (name, count) => {
    const file = join(folder, name);
    writeFileSync(file, Array.from({ length: count }, (_, index) => `${index + 1}\n`).join(''));
    return file;
  };
  return {
    BENCH_TOKEN: data.tokens.main,
    BENCH_BIG_TOKEN: data.tokens.big,
    BENCH_CHANNELS_FILE: ids('channels.txt', data.channels),
    BENCH_USERS_FILE: ids('users.txt', data.users),
    BENCH_HOT_CHANNEL: String(data.hotChannel),
    // The names that may send: user-1 to this one.
    BENCH_USERS: String(data.senders),
  };
}
