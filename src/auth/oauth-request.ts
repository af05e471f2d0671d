import '@fastify/multipart';
import { FastifyRequest } from 'fastify';
import { Form } from '../http/form.js';
import { OAuthError } from './oauth-error.js';

/** The most that the form of a token request may have. */
const FIELD_MAX_BYTES = 8_192;
const FIELDS_MAX = 20;

/** The fields of an OAuth request, sent as a form or, as published clients do, as multipart. */
export async function formOf(request: FastifyRequest): Promise<Record<string, string>> {
  if (!request.isMultipart()) return textsOf(request.body);
  const fields: Record<string, string> = {};
  try {
    for await (const part of request.parts({ limits: { fieldSize: FIELD_MAX_BYTES, fields: FIELDS_MAX, files: 0 } }))
      if (part.type === 'field' && typeof part.value === 'string') fields[part.fieldname] = part.value;
  } catch {
    throw new OAuthError(400, 'invalid_request', 'The multipart body cannot be read');
  }
  return fields;
}

function textsOf(body: unknown): Record<string, string> {
  const fields: unknown = body instanceof Form ? body.fields : body;
  if (typeof fields !== 'object' || fields === null) return {};
  const texts = Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}

/** The credentials of the client: HTTP Basic, or `client_id` and `client_secret` in the body (RFC 6749, 2.3.1). */
export function clientCredentialsOf(
  request: FastifyRequest,
  form: Record<string, string>,
): { clientId: string; clientSecret: string } | undefined {
  const match = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(request.headers.authorization ?? '');
  if (match) {
    const text = Buffer.from(match[1]!, 'base64').toString();
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) };
  }
  const { client_id: clientId, client_secret: clientSecret } = form;
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}
