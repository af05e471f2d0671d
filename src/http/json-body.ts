import { FastifyBodyParser, FastifyInstance } from 'fastify';
import { ClientError } from '../errors/api-error.js';
import { readJson } from '../resource/json-text.js';
import { noteNativeCasing } from '../resource/native-casing.js';
import { bodyCasing } from './casing.js';
import { Form } from './form.js';
import { JSON_BODY_TYPES } from './media-types.js';

/** The most that a JSON body may have, in bytes. */
export const JSON_BODY_MAX_BYTES = 1_048_576;

const refuse = (message: string): ClientError => ClientError.of('Request', 'body', 'invalid', message);

/** Decides how bodies are read, by their type. A type without a reader is answered with 415. */
export function parseBodies(fastify: FastifyInstance): void {
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser<string>([...JSON_BODY_TYPES], { parseAs: 'string' }, readJsonBody);
  const form = 'application/x-www-form-urlencoded';
  fastify.addContentTypeParser<string>(form, { parseAs: 'string' }, (request, text, done) => {
    // The libraries of published clients give calls without a body this type; so does curl to any body of which it is
    // told nothing, as in the published examples.
    if (text === '' || text.startsWith('{')) return readJsonBody(request, text, done);
    done(null, Form.of(text));
  });
}

const readJsonBody: FastifyBodyParser<string> = (request, text, done) => {
  if (text.trim() === '') return done(null, undefined);
  const read = readJson(text);
  if ('refusal' in read) return done(refuse(read.refusal));
  noteNativeCasing(read.value, bodyCasing(request));
  done(null, read.value);
};
