import Fastify, { FastifyRequest } from 'fastify';
import { JSON_MAX_DEPTH } from './json.js';

const parse = Fastify().getDefaultJsonParser('error', 'error');

/** Reads JSON that a caller wrote. Refuses what is malformed, nested without measure, or out to change prototypes. */
export function readJson(text: string): { value: unknown } | { refusal: string } {
  if (opensTooOften(text)) return { refusal: `must not be nested deeper than ${JSON_MAX_DEPTH} levels` };
  let read: { value: unknown } | undefined;
  // It answers at once, and does not look at the request.
  void parse(undefined as unknown as FastifyRequest, text, (error, value) => {
    if (!error) read = { value };
  });
  return read ?? { refusal: reason(text) };
}

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
function opensTooOften(text: string): boolean {
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
