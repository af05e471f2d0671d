import { ChatKitty } from 'chatkitty-platform-sdk';

interface SdkRequest {
  data: FormData;
  headers: Record<string, string>;
}
type SdkAdapter = (request: unknown) => Promise<any>;

/**
 * A form for a method that the SDK knows with JSON alone: what it sends, and the options that say so. The types of the
 * SDK have no place for it.
 */
export async function formFor(
  parts: Record<string, string | File>,
): Promise<[never, { headers: Record<string, string> }]> {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) form.append(name, value);
  const { content, type } = await encoded(form);
  return [content as never, { headers: { 'Content-Type': type } }];
}

/**
 * Options for the methods of the SDK that make a form themselves. Browsers write such a form out and give it its
 * boundary; the HTTP client that the SDK uses in Node.js cannot, so this does it in its place.
 */
export function sendingForms(kitty: ChatKitty): { adapter: SdkAdapter } {
  const { adapter: send } = kitty.Application['axios'].defaults as { adapter: SdkAdapter };
  return {
    adapter: async (request) => {
      const { data: form, headers } = request as SdkRequest;
      const { content, type } = await encoded(form);
      return send({ ...(request as SdkRequest), data: content, headers: { ...headers, 'Content-Type': type } });
    },
  };
}

async function encoded(form: FormData): Promise<{ content: Buffer; type: string }> {
  const written = new Response(form);
  return { content: Buffer.from(await written.arrayBuffer()), type: written.headers.get('content-type')! };
}
