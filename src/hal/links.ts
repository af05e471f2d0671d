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
  const parts = Object.entries(links).map(([relation, path]) => ({
    opening: `${JSON.stringify(relation)}:{"href":"`,
    address: compileAddress(path),
    closing: LEFT_FOR_CLIENT.test(path) ? '","templated":true}' : '"}',
  }));
  return (source, base) => {
    let json = '{';
    for (const part of parts) {
      const address = part.address(source, base);
      if (address !== undefined) json += `${json.length > 1 ? ',' : ''}${part.opening}${address}${part.closing}`;
    }
    return `${json}}`;
  };
}

function compileAddress(path: string): (source: Source, base: LinkBase) => string | undefined {
  if (path.startsWith(APPLICATION)) return (_, base) => base.application + path.slice(APPLICATION.length);
  if (path.startsWith(SETTINGS)) return (_, base) => base.settings + path.slice(SETTINGS.length);
  const match = /^([^{]*)\{(\w+)\}(.*)$/.exec(path);
  if (!match) return (_, base) => base.base + path;
  const [, before, name, after] = match as unknown as [string, string, string, string];
  const inner = /\{(\w+)\}/.exec(after);
  if (!inner)
    return (source, base) => {
      const value = source[name];
      return value === undefined || value === null ? undefined : `${base.base}${before}${value}${after}`;
    };
  const rest = compileAddress(after);
  return (source, base) => {
    const value = source[name];
    const tail = rest(source, { ...base, base: '' });
    return value === undefined || value === null || tail === undefined
      ? undefined
      : `${base.base}${before}${value}${tail}`;
  };
}
