type Node = Record<string, any>;

/** Who sends what is compared: callers may leave out what was optional, and the server has to send what was promised. */
type Direction = 'request' | 'response';

interface Field {
  schema: Node;
  isRequired: boolean;
}

/**
 * What a document promised that another does not: operations, parameters, media types, fields, kinds, values, types.
 * Each is a line, such as `response PublicChannelResource.name is missing`. More than was promised is no difference.
 */
export function differences(promised: Node, given: Node): string[] {
  const comparison = new Comparison(promised, given);
  comparison.operations();
  comparison.others();
  return [...comparison.found].sort();
}

/** What callers write, by its name. */
const SENT = /^Create|(Import|Reference)$/;

class Comparison {
  readonly found = new Set<string>();
  private readonly compared = new Set<string>();
  /** The names of schemas that were compared, or that belong to what is missing. */
  private readonly met = new Set<string>();

  constructor(
    private readonly promised: Node,
    private readonly given: Node,
  ) {}

  operations(): void {
    const given = operationsOf(this.given);
    for (const [id, operation] of operationsOf(this.promised)) {
      const ours = given.get(id);
      if (ours) this.operation(id, operation, ours);
      else this.missing(id, operation);
    }
  }

  /** What no operation refers to: the items of files to import, and what answers have in common. */
  others(): void {
    const { schemas } = this.given.components as { schemas: Node };
    for (const name of Object.keys(this.promised.components.schemas as Node)) {
      if (this.met.has(name)) continue;
      if (name in schemas) {
        // By their references, so that they are known by name.
        const reference = { $ref: `#/components/schemas/${name}` };
        this.schema(SENT.test(name) ? 'request' : 'response', name, reference, reference);
      } else this.found.add(`${name} is missing`);
    }
  }

  /** With what only this refers to. */
  private missing(what: string, promised: Node): void {
    this.found.add(`${what} is missing`);
    const open = [promised];
    for (let part = open.pop(); part; part = open.pop())
      for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g))
        if (!this.met.has(name!)) {
          this.met.add(name!);
          open.push(this.promised.components.schemas[name!] as Node);
        }
  }

  private operation(id: string, promised: Node, given: Node): void {
    for (const name of ['method', 'path'])
      if (promised[name] !== given[name]) this.found.add(`${id} has another ${name}`);
    for (const parameter of (promised.parameters ?? []) as Node[]) {
      const ours = this.parameter(given, parameter);
      if (ours) this.schema('request', `${id}?${parameter.name}`, parameter.schema as Node, ours.schema as Node);
      else this.found.add(`${id}?${parameter.name} is missing`);
    }
    for (const parameter of (given.parameters ?? []) as Node[])
      if (parameter.required && !this.parameter(promised, parameter)?.required)
        this.found.add(`${id}?${parameter.name} is required`);
    if (given.requestBody?.required && promised.requestBody && !promised.requestBody.required && !isForm(promised))
      this.found.add(`${id} requires a body`);
    this.content('request', id, promised.requestBody, given.requestBody);
    for (const [status, response] of Object.entries<Node>(promised.responses as Node)) {
      const ours = given.responses[status] as Node | undefined;
      if (ours) this.content('response', `${id} ${status}`, response, ours);
      else this.found.add(`${id} ${status} is missing`);
    }
  }

  private parameter(operation: Node, { name, in: place }: Node): Node | undefined {
    return ((operation.parameters ?? []) as Node[]).find((other) => other.name === name && other.in === place);
  }

  private content(direction: Direction, at: string, promised: Node | undefined, given: Node | undefined): void {
    for (const [type, { schema }] of Object.entries<Node>((promised?.content ?? {}) as Node)) {
      const ours = given?.content?.[type] as Node | undefined;
      if (!ours) this.found.add(`${at} as ${type} is missing`);
      else if (schema) this.schema(direction, at, schema as Node, ours.schema as Node);
    }
  }

  private schema(direction: Direction, at: string, promised: Node, given: Node): void {
    const [theirs, ours] = [resolve(this.promised, promised), resolve(this.given, given)];
    const name = theirs.name ?? at;
    // A resource is told of once, wherever it stands; what has no name, where it stands.
    const key = [direction, theirs.name ?? at, ours.name].join();
    if (this.compared.has(key)) return;
    this.compared.add(key);
    this.met.add(name);
    this.kinds(direction, name, theirs.schema, ours.schema);
    this.form(direction, name, theirs.schema, ours.schema);
    if (theirs.schema.items && ours.schema.items)
      this.schema(direction, `${name}[]`, theirs.schema.items as Node, ours.schema.items as Node);
    this.fields(direction, name, theirs.schema, ours.schema);
  }

  /** Of several kinds, each with the one that has the same name; what is not told apart there, with all of it. */
  private kinds(direction: Direction, name: string, promised: Node, given: Node): void {
    const named = new Map(variantsOf(given).map((variant) => [resolve(this.given, variant).name, variant]));
    for (const variant of variantsOf(promised))
      this.schema(direction, name, variant, named.get(resolve(this.promised, variant).name) ?? given);
    const mapping = (given.discriminator?.mapping ?? {}) as Node;
    for (const kind of Object.keys((promised.discriminator?.mapping ?? {}) as Node))
      if (!(kind in mapping)) this.found.add(`${direction} ${name} of kind ${kind} is missing`);
  }

  private form(direction: Direction, name: string, promised: Node, given: Node): void {
    for (const property of ['type', 'format'])
      if (promised[property] && given[property] && promised[property] !== given[property])
        this.found.add(`${direction} ${name} has the ${property} ${given[property]}, not ${promised[property]}`);
    for (const value of (promised.enum ?? []) as string[])
      if (given.enum && !(given.enum as string[]).includes(value))
        this.found.add(`${direction} ${name} lacks the value ${value}`);
  }

  private fields(direction: Direction, name: string, promised: Node, given: Node): void {
    const [theirs, ours] = [fieldsOf(this.promised, promised), fieldsOf(this.given, given)];
    for (const [field, { schema, isRequired }] of theirs) {
      const at = `${name}.${field}`;
      const found = ours.get(field);
      if (!found) this.missing(`${direction} ${at}`, schema);
      else {
        if (direction === 'response' && isRequired && !found.isRequired)
          this.found.add(`${direction} ${at} may be absent`);
        this.schema(direction, at, isOneKind(found.schema) ? withoutValues(schema) : schema, found.schema);
      }
    }
    if (direction === 'request')
      for (const [field, { isRequired }] of ours)
        if (isRequired && theirs.size > 0 && !theirs.get(field)?.isRequired)
          this.found.add(`${direction} ${name}.${field} is required`);
  }
}

function operationsOf(document: Node): Map<string, Node> {
  return new Map(
    Object.entries<Node>(document.paths as Node).flatMap(([path, methods]) =>
      Object.entries<Node>(methods).map(([method, operation]): [string, Node] => [
        String(operation.operationId),
        { ...operation, method, path },
      ]),
    ),
  );
}

const isForm = ({ requestBody }: Node): boolean => 'multipart/form-data' in (requestBody.content as Node);

/** Each kind of a resource is published with the values of all; here with its own, and the kinds are compared instead. */
const isOneKind = ({ enum: values }: Node): boolean => Array.isArray(values) && values.length === 1;
const withoutValues = ({ enum: _, ...schema }: Node): Node => schema;

/** What a schema refers to, and under which name. */
function resolve(document: Node, schema: Node): { name?: string; schema: Node } {
  // A reference with a description of its own is written as the only part of something.
  const only = (schema.allOf as Node[] | undefined)?.length === 1 && !schema.properties ? schema.allOf[0] : schema;
  const reference = only.$ref as string | undefined;
  if (!reference) return { schema: only as Node };
  const name = reference.split('/').at(-1)!;
  return { name, schema: document.components.schemas[name] as Node };
}

const variantsOf = (schema: Node): Node[] => (schema.oneOf ?? schema.anyOf ?? []) as Node[];

/** The fields of an object with those of what it is put together from; of kinds, those of any, certain if all have it. */
function fieldsOf(document: Node, schema: Node): Map<string, Field> {
  const fields = new Map<string, Field>();
  const required = new Set<string>((schema.required ?? []) as string[]);
  const variants = variantsOf(schema).map((variant) => fieldsOf(document, resolve(document, variant).schema));
  for (const variant of variants)
    for (const [name, field] of variant)
      fields.set(name, { schema: field.schema, isRequired: variants.every((other) => other.get(name)?.isRequired) });
  for (const part of (schema.allOf ?? []) as Node[])
    for (const [name, field] of fieldsOf(document, resolve(document, part).schema)) fields.set(name, field);
  for (const [name, field] of Object.entries<Node>((schema.properties ?? {}) as Node))
    fields.set(name, { schema: field, isRequired: false });
  for (const [name, { schema: field, isRequired }] of fields)
    fields.set(name, { schema: field, isRequired: isRequired || required.has(name) });
  return fields;
}
