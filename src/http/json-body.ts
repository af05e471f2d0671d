import Fastify, { FastifyBodyParser, FastifyInstance, FastifyRequest } from 'fastify';
import { ClientError } from '../errors/api-error.js';
import { JSON_MAX_DEPTH } from '../resource/json.js';
import { Form } from './form.js';
import { JSON_BODY_TYPES } from './media-types.js';

/** The most that a JSON body may have, in bytes. */
export const JSON_BODY_MAX_BYTES = 1_048_576;

const refuse = (message: string): ClientError => ClientError.of('Request', 'body', 'invalid', message);

/** Decides how bodies are read, by their type. A type without a reader is answered with 415. */
export function parseBodies(fastify: FastifyInstance): void {
  const readJson = jsonReader();
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser<string>([...JSON_BODY_TYPES], { parseAs: 'string' }, readJson);
  const form = 'application/x-www-form-urlencoded';
  fastify.addContentTypeParser<string>(form, { parseAs: 'string' }, (request, text, done) => {
    // The libraries of published clients give calls without a body this type; so does curl to any body of which it is
    // told nothing, as in the published examples.
    if (text === '' || text.startsWith('{')) return readJson(request, text, done);
    done(null, Form.of(text));
  });
}

/** Refuses what is malformed, nested without measure, or out to change prototypes. */
function jsonReader(): FastifyBodyParser<string> {
  return (request, text, done) => {
    if (text.trim() === '') return done(null, undefined);
    if (isNestedTooDeep(text)) return done(refuse(`must not be nested deeper than ${JSON_MAX_DEPTH} levels`));
    void parseStrictly(request, text, (error, value) => {
      done(error && refuse(reason(text)), value);
    });
  };
}

/** Reads a JSON text that is no body, such as an item of a file, by the same rules. Answers what is wrong with it, too. */
export function parseJson(text: string): { value: unknown; problem?: undefined } | { problem: string } {
  if (isNestedTooDeep(text)) return { problem: `must not be nested deeper than ${JSON_MAX_DEPTH} levels` };
  let answer: { value: unknown } | { problem: string } = { problem: 'is not valid JSON' };
  void parseStrictly({} as FastifyRequest, text, (error, value: unknown) => {
    answer = error ? { problem: reason(text) } : { value };
  });
  return answer;
}

const parseStrictly = Fastify().getDefaultJsonParser('error', 'error');

/** Why a text was refused: what JSON.parse says, which names the place; a text that it can read has keys that are forbidden. */
function reason(text: string): string {
  try {
    JSON.parse(text);
    return 'must not contain the keys __proto__ or constructor.prototype';
  } catch (error) {
    return `is not valid JSON: ${(error as Error).message}`;
  }
}

/** Counts open brackets outside of texts. Deeper values would exhaust the stack of whatever walks them later. */
function isNestedTooDeep(text: string): boolean {
  if (text.length <= JSON_MAX_DEPTH) return false;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (inText) {
      if (unit === BACKSLASH) at++;
      else if (unit === QUOTE) inText = false;
    } else if (unit === QUOTE) inText = true;
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      if (++depth > JSON_MAX_DEPTH) return true;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
