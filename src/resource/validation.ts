import { getMetadataStorage, ValidationError, ValidationTypes, Validator } from 'class-validator';

const storage = getMetadataStorage();
const validator = new Validator();

type Rules = ReturnType<typeof storage.getTargetValidationMetadatas>;

/** The rules of one field of a class. */
interface FieldRules {
  name: string;
  /** They count if all of these say so. */
  conditions: ((object: object, value: unknown) => boolean)[];
  rules: ((value: unknown, object: object) => boolean)[];
  /** The value has rules of its own. */
  isNested: boolean;
}

/** For each object the library looks through the rules of every class that has any: for a class that is done once here. */
const prepared = new Map<unknown, FieldRules[]>();

function rulesFor(type: unknown): FieldRules[] {
  let fields = prepared.get(type);
  if (!fields) {
    const groups = storage.groupByPropertyName(storage.getTargetValidationMetadatas(type as never, '', false, false));
    fields = Object.entries(groups).map(([name, rules]) => fieldRules(name, rules));
    prepared.set(type, fields);
  }
  return fields;
}

function fieldRules(name: string, all: Rules): FieldRules {
  const of = (type: string) => all.filter((rule) => rule.type === type);
  return {
    name,
    conditions: of(ValidationTypes.CONDITIONAL_VALIDATION).map(
      ({ constraints }) => constraints[0] as (object: object, value: unknown) => boolean,
    ),
    rules: of(ValidationTypes.CUSTOM_VALIDATION).flatMap(({ constraintCls, constraints, each, target }) =>
      storage.getTargetValidatorConstraints(constraintCls).map(({ instance }) => {
        const targetName = (target as { name?: string }).name ?? '';
        const holds = (value: unknown, object: object) =>
          instance.validate(value, { targetName, property: name, object, value, constraints }) === true;
        // Of anything but a list the library finds what is wrong.
        return each
          ? (value: unknown, object: object) => Array.isArray(value) && value.every((part) => holds(part, object))
          : holds;
      }),
    ),
    isNested: of(ValidationTypes.NESTED_VALIDATION).length > 0,
  };
}

/** Whether the object breaks no rule, as nearly all do. The library takes ten times as long to say so. */
function isSound(object: object): boolean {
  return rulesFor(object.constructor).every(({ name, conditions, rules, isNested }) => {
    const value = (object as Record<string, unknown>)[name];
    return (
      conditions.some((counts) => !counts(object, value)) ||
      (rules.every((holds) => holds(value, object)) && (!isNested || isNestedSound(value)))
    );
  });
}

function isNestedSound(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.every(isNestedSound);
  return typeof value === 'object' && isSound(value);
}

/** The rules that the object breaks, one for each field. */
export const brokenRules = (value: object): ValidationError[] =>
  isSound(value) ? [] : validator.validateSync(value, { stopAtFirstError: true, forbidUnknownValues: false });
