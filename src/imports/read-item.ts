import { Problem } from '../errors/error-codes.js';
import { readBody } from '../resource/input.js';
import { isJsonObject } from '../resource/json.js';
import { readJson } from '../resource/json-text.js';
import { ResourceClass, resourceNameOf } from '../resource/registry.js';
import { parseTime } from '../resource/time.js';
import { ITEM_MAX_BYTES } from './import-file.js';
import { ChannelImport, ChannelMembershipImport, ChatUserImport, MessageImport } from './import.resource.js';
import { IMPORT_KINDS, Importable, ImportKind, problem } from './import-kind.js';
import { JsonItem } from './json-items.js';

/** An item of a file, read by the rules of its kind. */
export interface ReadItem {
  index: number;
  idempotencyKey?: string;
  kind?: ImportKind;
  /** Absent if something is wrong with it. */
  item?: Importable;
  problems: Problem[];
}

const TYPES: Record<ImportKind, ResourceClass<Importable>> = {
  USER: ChatUserImport,
  CHANNEL: ChannelImport,
  MEMBER: ChannelMembershipImport,
  MESSAGE: MessageImport,
};
const TIMES = ['createdTime', 'lastEditedTime'] as const;
/** Times are written with four digits for the year. */
const TIME_END = Date.UTC(10_000, 0);

/** Without a `kind` the item says itself of which it is. */
export function readItem({ index, bytes }: JsonItem, kind: ImportKind | undefined): ReadItem {
  const wrong = (code: Problem['code'], message: string): ReadItem => ({
    index,
    problems: [problem(kind ? resourceNameOf(TYPES[kind]) : 'Import', 'item', code, message)],
  });
  if (!bytes) return wrong('too_large', `must have at most ${ITEM_MAX_BYTES} bytes`);
  const read = readJson(bytes.toString());
  if ('refusal' in read) return wrong('invalid', read.refusal);
  if (!isJsonObject(read.value)) return wrong('invalid', 'must be a JSON object');
  return kind ? readAs(index, kind, read.value) : readOfAnyKind(index, read.value);
}

/** The same for an object that says itself of which kind it is. */
export function readOfAnyKind(index: number, { kind, ...raw }: Record<string, unknown>): ReadItem {
  const known = IMPORT_KINDS.find((name) => name === kind);
  if (known) return readAs(index, known, raw);
  const message = `must be one of ${IMPORT_KINDS.join(', ')}`;
  return { index, problems: [problem('Import', 'kind', kind === undefined ? 'missing_field' : 'invalid', message)] };
}

function readAs(index: number, kind: ImportKind, raw: Record<string, unknown>): ReadItem {
  const { value, problems } = readBody(TYPES[kind], raw);
  for (const field of TIMES) {
    const given = (value as Record<string, unknown>)[field];
    if (typeof given !== 'string' || problems.some((found) => found.field === field)) continue;
    const time = parseTime(given);
    if (!(time >= 0 && time < TIME_END))
      problems.push(problem(resourceNameOf(TYPES[kind]), field, 'invalid', 'must be between 1970 and 9999'));
  }
  const { idempotencyKey } = value;
  return {
    index,
    kind,
    ...(typeof idempotencyKey === 'string' && { idempotencyKey }),
    ...(problems.length === 0 && { item: value }),
    problems,
  };
}
