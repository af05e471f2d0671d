import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { getSdkClient } from '@chatkitty/core';
import { ChatMethodsSpec, CORE_LEFT_OUT, METHODS_BY_SPEC, methodsOf } from '../support/chat-methods.js';

const require = createRequire(import.meta.url);
const SPECS = Object.keys(METHODS_BY_SPEC) as ChatMethodsSpec[];

const methodsIn = (prototype: object): string[] =>
  Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');

describe('The specs of the published chat SDKs', () => {
  it('are responsible for every method of the one, each for its own', () => {
    const { default: ChatKitty } = require('chatkitty-chat-sdk') as { default: { prototype: object } };
    const methods = methodsIn(ChatKitty.prototype);

    expect(methods).toHaveLength(64);
    expect([...methodsOf('chat-sdk-channels'), ...methodsOf('chat-sdk-messages')].sort()).toEqual(methods.sort());
  });

  it('are responsible for every method of the other', () => {
    const methods = methodsIn(Object.getPrototypeOf(getSdkClient('none', {})) as object);

    expect(methods).toHaveLength(82);
    expect([...methodsOf('core-sdk'), ...CORE_LEFT_OUT].sort()).toEqual(methods.sort());
  });

  it.each(SPECS)('%s ends with the proof that nothing is left unused', async (spec) => {
    const source = await readFile(new URL(`${spec}.spec.ts`, import.meta.url), 'utf8');

    expect(source).toContain(`ChatWorld.start('${spec}'`);
    expect(source).toContain('expect(world.unused()).toEqual([]);');
  });
});
