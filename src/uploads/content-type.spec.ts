import { describe, expect, it } from '@jest/globals';
import { detectContentType } from './content-type.js';

const bytes = (...values: number[]) => Uint8Array.from(values);
const text = (value: string) => new TextEncoder().encode(value);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('the content type', () => {
  it.each<[string, Uint8Array, string, string]>([
    ['a picture', PNG, 'me.png', 'image/png'],
    ['a picture under another name', PNG, 'page.html', 'image/png'],
    ['a text', text('Hello'), 'notes.txt', 'text/plain'],
    ['a text without an ending', text('Hello'), 'notes', 'text/plain'],
    ['a text that claims to be a picture', text('Hello'), 'me.png', 'text/plain'],
    ['a table', text('a,b\n1,2'), 'table.CSV', 'text/csv'],
    ['JSON', text('[1]'), 'list.json', 'application/json'],
    ['a page', text('<!doctype html><script>1</script>'), 'a.html', 'text/html'],
    ['a page under the name of a text', text('<!doctype html><script>1</script>'), 'a.txt', 'text/plain'],
    ['a drawing', text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'a.svg', 'image/svg+xml'],
    ['a drawing that says it is XML', text('<?xml version="1.0"?><svg/>'), 'a.svg', 'image/svg+xml'],
    ['XML', text('<?xml version="1.0"?><a/>'), 'a', 'application/xml'],
    ['a name of an object', text('Hello'), 'a.constructor', 'text/plain'],
    ['nothing at all', bytes(), 'empty', 'text/plain'],
    ['bytes', bytes(1, 2, 3, 0, 255), 'a.txt', 'application/octet-stream'],
    ['Latin-1', bytes(0x47, 0x72, 0xfc, 0xdf, 0x65, 0x20), 'a.txt', 'application/octet-stream'],
    ['a character that is cut off', bytes(0x61, 0xc3), 'a.txt', 'text/plain'],
  ])('of %s', async (_, head, name, type) => {
    expect(await detectContentType(head, name)).toBe(type);
  });
});
