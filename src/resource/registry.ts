import { Casing, toSnakeCase } from './casing.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- constructors of every shape are registered
export type ResourceClass<T = any> = abstract new (...args: any[]) => T;

/** How a field travels: decides how it is read from a request, written to an answer and described. */
export type FieldKind = 'text' | 'address' | 'integer' | 'boolean' | 'time' | 'json' | 'object' | 'file';

export interface Field {
  name: string;
  kind: FieldKind;
  isList: boolean;
  /** Of objects: their class, given late so that classes may refer to each other. */
  type?: () => ResourceClass;
  /** Other spellings that are understood on input. */
  aliases: readonly string[];
}

/** A family of classes of which one is meant, told apart by a field. */
export interface Union {
  property: string;
  classes: Readonly<Record<string, ResourceClass>>;
}

const ownFields = new Map<ResourceClass, Field[]>();
const ownUnions = new Map<ResourceClass, () => Union>();
const ownLinks = new Map<ResourceClass, Record<string, string>>();
const resourceNames = new Map<ResourceClass, string>();
const resolvedFields = new Map<ResourceClass, readonly Field[]>();
const inputNames = new Map<ResourceClass, ReadonlyMap<string, InputName>>();

function ancestry(type: ResourceClass): ResourceClass[] {
  const chain: ResourceClass[] = [];
  for (let at: unknown = type; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at))
    chain.unshift(at as ResourceClass);
  return chain;
}

export function registerField(type: ResourceClass, field: Field): void {
  ownFields.set(type, [...(ownFields.get(type) ?? []), field]);
}

/** The class stands for one of several, told apart by the values of `property`. */
export function OneOf(property: string, classes: () => Record<string, ResourceClass>): ClassDecorator {
  let union: Union | undefined;
  return (type) => {
    ownUnions.set(type as unknown as ResourceClass, () => (union ??= { property, classes: classes() }));
  };
}

/** Relations of a resource, as paths below the application whose `{names}` are fields of it. In this order. */
export function Links(links: Record<string, string>): ClassDecorator {
  return (type) => {
    ownLinks.set(type as unknown as ResourceClass, links);
  };
}

/** What errors about a field of this class call the thing: `resource` in the answer. */
export function About(resource: string): ClassDecorator {
  return (type) => {
    resourceNames.set(type as unknown as ResourceClass, resource);
  };
}

export const isRegistered = (type: unknown): type is ResourceClass<unknown> =>
  typeof type === 'function' && (fieldsOf(type as ResourceClass).length > 0 || ownUnions.has(type as ResourceClass));

/** The fields in the order of declaration, inherited ones first; a redeclared one stands once. */
export function fieldsOf(type: ResourceClass): readonly Field[] {
  let fields = resolvedFields.get(type);
  if (!fields) {
    const byName = new Map<string, Field>();
    for (const at of ancestry(type)) for (const field of ownFields.get(at) ?? []) byName.set(field.name, field);
    fields = [...byName.values()];
    resolvedFields.set(type, fields);
  }
  return fields;
}

/** One spelling of a field. */
export interface InputName {
  field: Field;
  /** The spellings of the same field that win over this one, where the first is native. */
  yieldsTo: Readonly<Record<Casing, readonly string[]>>;
}

/** Every spelling that is understood on input. */
export function inputNamesOf(type: ResourceClass): ReadonlyMap<string, InputName> {
  let names = inputNames.get(type);
  if (!names) {
    const found = new Map<string, InputName>();
    for (const field of fieldsOf(type)) {
      const [camel, snake] = [field.name, toSnakeCase(field.name)];
      const orders = { camel: [camel, snake, ...field.aliases], snake: [snake, camel, ...field.aliases] };
      const before = (name: string, order: readonly string[]) => order.slice(0, order.indexOf(name));
      for (const name of orders.camel)
        found.set(name, {
          field,
          yieldsTo: { camel: before(name, orders.camel), snake: before(name, orders.snake) },
        });
    }
    names = found;
    inputNames.set(type, names);
  }
  return names;
}

export const unionOf = (type: ResourceClass): Union | undefined => ownUnions.get(type)?.();
/** Every class that declares anything, and those that stand for others without declaring more than they inherit. */
export function registeredClasses(): ResourceClass[] {
  const declared = [...ownFields.keys(), ...ownUnions.keys(), ...ownLinks.keys()];
  return [...new Set([...declared, ...declared.flatMap((type) => Object.values(unionOf(type)?.classes ?? {}))])];
}

export function linksOf(type: ResourceClass): Record<string, string> | undefined {
  for (const at of ancestry(type).reverse()) if (ownLinks.has(at)) return ownLinks.get(at);
  return undefined;
}

export function resourceNameOf(type: ResourceClass): string {
  for (const at of ancestry(type).reverse()) if (resourceNames.has(at)) return resourceNames.get(at)!;
  return type.name;
}
