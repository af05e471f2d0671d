import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

export interface DeclaredMethod<Declaration> {
  declaration: Declaration;
  call: (...given: never[]) => unknown;
}

type Methods = Record<string, (...given: unknown[]) => unknown>;

/** Finds the methods of all providers that a decorator has marked. */
@Injectable()
export class DeclaredMethods {
  constructor(private readonly discovery: DiscoveryService) {}

  /** `key`: under which the decorator left its declaration. */
  with<Declaration>(key: symbol): DeclaredMethod<Declaration>[] {
    const found: DeclaredMethod<Declaration>[] = [];
    for (const { instance } of this.discovery.getProviders()) {
      const owner: unknown = instance;
      if (typeof owner !== 'object' || owner === null) continue;
      for (const name of methodsOf(owner)) {
        const methods = owner as Methods;
        const declaration = Reflect.getMetadata(key, methods[name]!) as Declaration | undefined;
        if (declaration !== undefined)
          found.push({ declaration, call: (...given: unknown[]) => methods[name]!(...given) });
      }
    }
    return found;
  }
}

function methodsOf(owner: object): string[] {
  const names = new Set<string>();
  for (let at = parentOf(owner); at && at !== Object.prototype; at = parentOf(at))
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
  return [...names];
}

const parentOf = (value: object): object | null => Object.getPrototypeOf(value) as object | null;
