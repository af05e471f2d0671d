import { readFile } from 'node:fs/promises';
import { ChatKitty } from 'chatkitty-platform-sdk';
import { BuiltServer } from './built-server.js';
import { Contract, OURS } from './contract.js';

/** What the SDK's HTTP client says about an answer. */
interface SdkAnswer {
  status: number;
  headers: Record<string, string>;
  data: unknown;
  config: { method?: string; url?: string };
}
type Document = { paths: Record<string, Record<string, { operationId: string }>> };

/** The SDK that ChatKitty published, against this server: nothing but its two addresses is set. */
export function platformSdk({ url, credentials }: Pick<BuiltServer, 'url' | 'credentials'>): ChatKitty {
  return new ChatKitty({ ...credentials, basePath: url, authorizationBasePath: `${url}/oauth/token` });
}

/**
 * From now on every answer that an SDK of this process gets is checked against the contract. Answers the names of the
 * operations that have succeeded, as methods of the SDK are called.
 */
export async function watchPlatformSdk(
  kitty: ChatKitty,
  server: BuiltServer,
  contract: Contract,
): Promise<ReadonlySet<string>> {
  const { paths } = JSON.parse(await readFile(new URL('openapi.json', OURS), 'utf8')) as Document;
  const operations = Object.entries(paths)
    .sort(([a], [b]) => a.split('{').length - b.split('{').length)
    .flatMap(([path, verbs]) =>
      Object.entries(verbs).map(([verb, { operationId }]) => ({
        operationId,
        pattern: new RegExp(`^${verb} ${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
      })),
    );
  const answered = new Set<string>();

  const check = async ({ status, headers, data, config }: SdkAnswer): Promise<void> => {
    const { method = 'get', url } = config;
    if (status >= 500) throw new Error(`${method} ${url} answered ${status}. The server said:\n${server.output()}`);
    contract.check(method.toUpperCase(), url!, { status, headers: new Headers(headers), body: data });
    const call = `${method} ${new URL(url!).pathname}`;
    const operation = operations.find(({ pattern }) => pattern.test(call));
    if (operation && status < 300) answered.add(toCamelCase(operation.operationId));
  };
  // All parts of the SDK share this one.
  kitty.Application['axios'].interceptors.response.use(
    async (response) => {
      await check(response);
      return response;
    },
    async (error: Error & { response?: SdkAnswer }) => {
      if (error.response) await check(error.response);
      throw error;
    },
  );
  return answered;
}

const toCamelCase = (id: string): string => id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
