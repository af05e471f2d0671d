import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { ChatMethodsSpec, METHODS_BY_SPEC, methodsOf } from '../support/chat-methods.js';

const require = createRequire(import.meta.url);
const SPECS = Object.keys(METHODS_BY_SPEC) as ChatMethodsSpec[];

describe('The specs of the published chat SDK', () => {
  it('are responsible for every method that it has, each for its own', () => {
    const { default: ChatKitty } = require('chatkitty-chat-sdk') as { default: { prototype: object } };
    const methods = Object.getOwnPropertyNames(ChatKitty.prototype).filter((name) => name !== 'constructor');

    expect(methods).toHaveLength(64);
    expect(SPECS.flatMap(methodsOf).sort()).toEqual(methods.sort());
  });

  it.each(SPECS)('%s ends with the proof that nothing is left unused', async (spec) => {
    const source = await readFile(new URL(`${spec}.spec.ts`, import.meta.url), 'utf8');

    expect(source).toContain(`ChatWorld.start('${spec}')`);
    expect(source).toContain('expect(world.unused()).toEqual([]);');
  });
});
