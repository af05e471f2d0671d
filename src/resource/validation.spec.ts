import { describe, expect, it } from '@jest/globals';
import { Validator } from 'class-validator';
import fc from 'fast-check';
import { BooleanField, EnumField, IntegerField, ObjectField, TextField, TextListField, TimeField } from './fields.js';
import { brokenRules } from './validation.js';

class Part {
  @TextField({ description: 'A text', max: 3 })
  text!: string;
}

class Whole {
  @TextField({ description: 'A text', max: 3 })
  text!: string;

  @IntegerField({ description: 'A number', format: 'int32', min: 1, max: 3, optional: true })
  number?: number;

  @BooleanField({ description: 'A flag', optional: true })
  flag?: boolean;

  @EnumField({ description: 'A choice', values: ['A', 'B'], optional: true })
  choice?: string;

  @TimeField({ description: 'A time', optional: true })
  time?: string;

  @TextListField({ description: 'Texts', maxLength: 3, optional: true })
  texts?: string[];

  @ObjectField({ description: 'A part', type: () => Part, optional: true })
  part?: Part;
}

describe('broken rules', () => {
  const some = (...values: unknown[]) => fc.constantFrom(undefined, undefined, null, 'A', 7, [], {}, ...values);
  const part = fc.record({ text: some('abc', 'abcd') }).map((given) => Object.assign(new Part(), given));
  const whole = fc
    .record({
      text: fc.oneof({ weight: 9, arbitrary: fc.constant('abc') }, some('abcd')),
      number: some(1, 3, 4, 1.5),
      flag: some(true, false),
      choice: some('B', 'C'),
      time: some('2020-01-01T00:00:00Z', '2020-13-01T00:00:00Z'),
      texts: some(['abc'], ['abc', 'abcd'], [1]),
      part: fc.oneof(part, some()),
    })
    .map((given) => Object.assign(new Whole(), given));

  it('are those that the library finds', () => {
    const validator = new Validator();
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(whole, (value) => {
        const found = brokenRules(value);
        const expected = validator.validateSync(value, { stopAtFirstError: true, forbidUnknownValues: false });
        seen.add(expected.length === 0);
        expect(found).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(seen.size).toBe(2);
  });
});
