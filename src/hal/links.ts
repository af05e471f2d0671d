import { addMember, generate } from '../resource/generate.js';
import { LinkBase } from './link-base.js';

type Source = Record<string, string | number | null | undefined>;
export type LinksWriter = (source: Source, links: LinkBase) => string;

/** A path that is the application's own address, which the families of paths spell differently. */
export const APPLICATION = '@application';
export const SETTINGS = '@settings';

/** `{?page,size}`: left for the client to fill in (RFC 6570). */
const LEFT_FOR_CLIENT = /\{[?&/]/;

/**
 * Puts together the writer of a `_links` object. A path such as `/channels/{id}/messages` takes its values from the
 * resource; a relation whose values are not there is left out.
 */
export function compileLinks(links: Record<string, string>): LinksWriter {
  const lines = Object.entries(links).map(([relation, path]) => {
    const { base, rest } = whereBegins(path);
    const parts = rest.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 0 ? part : { name: part }));
    const values = parts.map((part) => (typeof part === 'string' ? JSON.stringify(part) : valueOf(part.name)));
    const closing = JSON.stringify(LEFT_FOR_CLIENT.test(path) ? '","templated":true}' : '"}');
    const line = addMember(relation, `'{"href":"' + ${[base, ...values, closing].join(' + ')}`);
    const needed = parts.flatMap((part) => (typeof part === 'string' ? [] : [`${valueOf(part.name)} != null`]));
    return needed.length === 0 ? line : `if (${needed.join(' && ')}) ${line}`;
  });
  return generate('source, links', `let json = '';\n${lines.join('\n')}\nreturn json === '' ? '{}' : json + '}';`);
}

const valueOf = (name: string): string => `source[${JSON.stringify(name)}]`;

function whereBegins(path: string): { base: string; rest: string } {
  if (path.startsWith(APPLICATION)) return { base: 'links.application', rest: path.slice(APPLICATION.length) };
  if (path.startsWith(SETTINGS)) return { base: 'links.settings', rest: path.slice(SETTINGS.length) };
  return { base: 'links.base', rest: path };
}
