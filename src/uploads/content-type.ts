/** How much of a file is looked at. Formats that are archives say what they are after their first entries. */
export const HEAD_BYTES = 65_536;

/** Of texts, which have no marks of their own, the ending of the name tells which kind they are. */
const TEXTS: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  css: 'text/css',
  htm: 'text/html',
  html: 'text/html',
  ics: 'text/calendar',
  js: 'text/javascript',
  json: 'application/json',
  md: 'text/markdown',
  mjs: 'text/javascript',
  svg: 'image/svg+xml',
  vcf: 'text/vcard',
  xhtml: 'application/xhtml+xml',
  xml: 'application/xml',
};
const UNKNOWN = 'application/octet-stream';

/** What a file is, by its first bytes. The name has a say only among texts; what the caller declares has none. */
export async function detectContentType(head: Uint8Array, name: string): Promise<string> {
  // Loaded with the first file.
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(head);
  if (found && found.mime !== 'application/xml') return found.mime;
  if (!isText(head)) return found?.mime ?? UNKNOWN;
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return (Object.hasOwn(TEXTS, ending) ? TEXTS[ending] : undefined) ?? found?.mime ?? 'text/plain';
}

/** UTF-8 without control characters other than those of texts. The last character may be cut off. */
function isText(head: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    return !/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text);
  } catch {
    return false;
  }
}
