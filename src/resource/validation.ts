import { getMetadataStorage, ValidationError, Validator } from 'class-validator';

type Storage = ReturnType<typeof getMetadataStorage>;
type Rules = ReturnType<Storage['getTargetValidationMetadatas']>;

const storage = getMetadataStorage();
const validator = new Validator();
const rulesOf = new Map<unknown, Rules>();
const groupsOf = new WeakMap<Rules, ReturnType<Storage['groupByPropertyName']>>();

/*
 * For each object that it checks the library looks through the rules of every class that has any, twice over. All rules
 * are there once the modules are loaded, and no options vary here, so what it found for a class is found once.
 */
const search = storage.getTargetValidationMetadatas.bind(storage);
const group = storage.groupByPropertyName.bind(storage);
storage.getTargetValidationMetadatas = (target, ...options) => {
  let rules = rulesOf.get(target);
  if (!rules) {
    rules = search(target, ...options);
    rulesOf.set(target, rules);
  }
  return rules;
};
storage.groupByPropertyName = (rules) => {
  let groups = groupsOf.get(rules);
  if (!groups) {
    groups = group(rules);
    groupsOf.set(rules, groups);
  }
  return groups;
};

/** The rules that the object breaks, one for each field. */
export const brokenRules = (value: object): ValidationError[] =>
  validator.validateSync(value, { stopAtFirstError: true, forbidUnknownValues: false });
