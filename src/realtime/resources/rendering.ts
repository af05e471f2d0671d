import { Casing } from '../../resource/casing.js';
import { ResourceClass } from '../../resource/registry.js';
import { Writer, writersIn } from '../../resource/writer.js';
import { hypermediaWriter, RealtimeRendering } from './hypermedia.js';

const CASING: Casing = 'camel';

/** The writers of the chat protocol: the fields of the REST API, times in milliseconds, and what can be done next. */
export const realtimeWriter: (type: ResourceClass) => Writer<RealtimeRendering> = writersIn<RealtimeRendering>({
  casing: CASING,
  time: (milliseconds) => new Date(milliseconds).toISOString(),
  extras: hypermediaWriter,
});
