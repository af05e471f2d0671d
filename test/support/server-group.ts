import { byTurns, Client } from './client.js';
import { Contract } from './contract.js';
import { Make } from './make.js';
import { redisSettings } from './redis-settings.js';
import { EmptyDatabase, emptyDatabase, ServerProcess } from './server-process.js';

const SECRETS_KEY = Buffer.alloc(32, 1).toString('base64');
/** Each process makes one application, which all of them serve. */
const CREDENTIALS = ['first', 'second'].map((clientId) => ({
  clientId,
  clientSecret: `the secret of the ${clientId}`,
}));

/** Two built servers in processes of their own, which share a database, files and, if there is one to test with, a Redis. */
export class ServerGroup {
  private readonly turn: () => string;

  private constructor(
    private readonly database: EmptyDatabase,
    readonly servers: readonly ServerProcess[],
    readonly application: { applicationId: number; key: string },
    readonly client: Client,
    readonly stranger: Client,
    readonly make: Make,
  ) {
    this.turn = byTurns(this.urls);
  }

  /** `environment` adds to what both get. */
  static async start(environment: Record<string, string> = {}): Promise<ServerGroup> {
    const database = await emptyDatabase();
    const settings = { DATABASE_URL: database.url, DATA_DIR: process.env.DATA_DIR!, SECRETS_KEY, ...redisSettings() };
    const servers: ServerProcess[] = [];
    for (const { clientId, clientSecret } of CREDENTIALS) {
      const bootstrap = { BOOTSTRAP_CLIENT_ID: clientId, BOOTSTRAP_CLIENT_SECRET: clientSecret };
      servers.push(await ServerProcess.start({ ...settings, ...bootstrap, ...environment }));
    }
    const contract = new Contract();
    const turn = byTurns(servers.map(({ url }) => url));
    const [client, stranger] = await Promise.all(CREDENTIALS.map((one) => Client.of(turn, one, contract)));
    const { id, key } = (await client!.get('/v1/application')).body;
    return new ServerGroup(database, servers, { applicationId: id, key }, client!, stranger!, new Make(client!));
  }

  /** Another one each time. */
  get url(): string {
    return this.turn();
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url);
  }

  /** Ends those that still run as operators do. */
  async close(): Promise<void> {
    const ends = await Promise.all(this.servers.map((server) => server.end('SIGTERM')));
    await this.database.remove();
    const failed = this.servers.filter((_, at) => (ends[at]!.code ?? 0) !== 0);
    if (failed.length > 0) throw new Error(failed.map(({ stdout, stderr }) => stdout + stderr).join('\n'));
  }
}
