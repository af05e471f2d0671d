import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { ChatKitty } from 'chatkitty-platform-sdk';
import { METHODS_BY_SPEC, methodsOf, SdkSpec } from '../support/sdk-methods.js';

const FOLDER = new URL('./', import.meta.url);
/** What runs functions is no part of this server. */
const LEFT_OUT = ['Functions', 'FunctionVersions', 'Runtime'];
const SPECS = Object.keys(METHODS_BY_SPEC) as SdkSpec[];

describe('The specs of the published Platform SDK', () => {
  it('are responsible for every method that it has, each for its own', () => {
    const kitty = new ChatKitty({ clientId: 'a', clientSecret: 'b' }) as unknown as Record<string, object>;
    const groups = Object.keys(kitty).filter((name) => /^[A-Z]/.test(name) && !LEFT_OUT.includes(name));
    const methods = groups.flatMap((group) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(kitty[group]))
        .filter((method) => method !== 'constructor')
        .map((method) => `${group}.${method}`),
    );

    expect(groups.sort()).toEqual(['Application', 'Channels', 'Imports', 'Jobs', 'Messages', 'Threads', 'Users']);
    expect(SPECS.flatMap(methodsOf).sort()).toEqual(methods.sort());
  });

  it('are all there, and each ends with the proof that nothing is left unused', async () => {
    const files = (await readdir(FOLDER)).filter((name) => name !== 'coverage.spec.ts');

    expect(files.sort()).toEqual(SPECS.map((spec) => `${spec}.spec.ts`).sort());
    for (const spec of SPECS) {
      const source = await readFile(new URL(`${spec}.spec.ts`, FOLDER), 'utf8');
      expect(source).toMatch(new RegExp(`SdkWorld\\.(start\\('${spec}'|on\\(\\w+, '${spec}')\\)`));
      expect(source).toContain('expect(world.unused()).toEqual([]);');
    }
  });
});
