import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ChatKitty } from 'chatkitty-platform-sdk';
import * as client from './generated/v1/typescript-axios/index';

const LOGS = new URL('./generated/logs/', import.meta.url);

/** What generators say of any document that has what was published. */
const EXPECTED = [
  // Answers come in several media types, bodies as JSON or as forms.
  /Multiple schemas found in the OAS 'content' section, returning only the first one/,
  /Multiple MediaTypes found, using only the first one/,
  // For the samples in its pages it makes nothing of references in lists, unions, and descriptions of references.
  /PythonClientCodegen - Type null not handled properly in toExampleValue/,
  // A parameter that is published under this name.
  /AbstractGoCodegen - type \(reserved word\) cannot be used as parameter name/,
];

describe('the generators of clients', () => {
  const logs = readdirSync(LOGS).filter((name) => /^v[12]-/.test(name));

  it('have all run, for both documents', () => {
    const names = ['go', 'hey-api', 'java', 'openapi-typescript', 'python', 'typescript-axios', 'typescript-fetch'];
    expect(logs.sort()).toEqual(['v1', 'v2'].flatMap((version) => names.map((name) => `${version}-${name}.log`)));
  });

  it.each(logs)('find nothing strange: %s', (name) => {
    const lines = readFileSync(new URL(name, LOGS), 'utf8').split('\n');
    const said = lines.filter((line) => /warn|error|exception|deprecated/i.test(line) && !/ INFO /.test(line));
    expect([...new Set(said.filter((line) => !EXPECTED.some((pattern) => pattern.test(line))))]).toEqual([]);
  });

  it('make TypeScript that compiles, and so does what calls it', () => {
    expect(readFileSync(new URL('compiler.log', LOGS), 'utf8')).toBe('');
  });

  it('name methods as the published SDK does', () => {
    // What runs functions is no part of this server.
    const leftOut = ['Functions', 'FunctionVersions', 'Runtime'];
    const kitty = new ChatKitty({ clientId: 'a', clientSecret: 'b' }) as unknown as Record<string, object>;
    const groups = Object.keys(kitty).filter((name) => /^[A-Z]/.test(name) && !leftOut.includes(name));
    expect(groups).toContain('Channels');
    const methodsOf = (type: object) => Object.getOwnPropertyNames(Object.getPrototypeOf(type));
    for (const group of groups) {
      const Api = (client as unknown as Record<string, new () => object>)[`${group}Api`]!;
      expect([group, methodsOf(new Api())]).toEqual([group, expect.arrayContaining(methodsOf(kitty[group]!))]);
    }
  });
});
