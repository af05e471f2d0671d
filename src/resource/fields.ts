import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptions } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsISO8601,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  ValidationOptions,
} from 'class-validator';
import { ErrorCode } from '../errors/error-codes.js';
import { UploadedFile } from '../uploads/uploaded-file.js';
import { isCleanJson, isCleanText, isJsonObject, PROPERTIES_MAX_BYTES, UNCLEAN_JSON } from './json.js';
import { Field, FieldKind, registerField, ResourceClass } from './registry.js';

/*
 * One decorator for each kind of field: the rule that input is checked by, the entry from which requests are read and
 * answers are written, and the description in the OpenAPI document, with the same limits in all three.
 */

export interface FieldOptions {
  description: string;
  optional?: boolean;
  /** Other spellings that are understood on input. */
  aliases?: readonly string[];
  example?: unknown;
  deprecated?: boolean;
}

/** Values for the rules of class-validator: what the answer says and the code it carries. */
const refusing = (message: string, code: ErrorCode = 'invalid', each = false): ValidationOptions => ({
  message,
  context: { code },
  each,
});

function field(
  kind: FieldKind,
  options: FieldOptions & { isList?: boolean; type?: () => ResourceClass; nullable?: boolean },
  api: ApiPropertyOptions,
  rules: PropertyDecorator[],
): PropertyDecorator {
  const { optional = false, isList = false, nullable = false } = options;
  const required = refusing('is required', 'missing_field');
  const register: PropertyDecorator = (target, name) => {
    const entry: Field = { name: String(name), kind, isList, aliases: options.aliases ?? [] };
    if (options.type) entry.type = options.type;
    registerField(target.constructor as unknown as ResourceClass, entry);
  };
  const presence: PropertyDecorator = optional
    ? (target, name) =>
        ValidateIf((object: Record<string, unknown>) => object[String(name)] !== undefined)(target, name)
    : nullable
      ? ValidateBy({ name: 'isGiven', validator: { validate: (value) => value !== undefined } }, required)
      : IsDefined(required);
  return applyDecorators(
    register,
    ApiProperty({
      description: options.description,
      required: !optional,
      ...(options.example !== undefined && { example: options.example }),
      ...(options.deprecated && { deprecated: true }),
      ...api,
    } as ApiPropertyOptions),
    presence,
    ...rules,
  );
}

const CleanText = (each = false) =>
  ValidateBy(
    { name: 'cleanText', validator: { validate: (value) => typeof value !== 'string' || isCleanText(value) } },
    refusing('must not contain NUL characters or unpaired surrogates', 'invalid', each),
  );

/** Counts UTF-16 units. The rules of the library take a pair for one, and leave out what varies a character. */
const Units = (min: number, max: number, options: ValidationOptions) =>
  ValidateBy(
    {
      name: `units${min}to${max}`,
      validator: { validate: (value) => typeof value !== 'string' || (value.length >= min && value.length <= max) },
    },
    options,
  );

/** A URL in an answer. One that begins with a slash is of this server, and is completed with its origin. */
export function AddressField(options: FieldOptions & { isFreeForm?: boolean }): PropertyDecorator {
  const format = options.isFreeForm ? {} : { format: 'uri' };
  return field('address', options, { type: 'string', ...format }, [IsString(refusing('must be a text'))]);
}

export interface TextOptions extends FieldOptions {
  min?: number;
  max: number;
  /** Blank text says nothing: at least one character has to be visible. */
  notBlank?: boolean;
  /** A pattern, with what to say when it is missed. */
  pattern?: { matches: RegExp; message: string };
  format?: string;
}

/** Text, with its length in UTF-16 units as JavaScript counts. */
export function TextField(options: TextOptions): PropertyDecorator {
  const { min = 1, max, pattern, format, notBlank } = options;
  return field('text', options, { type: 'string', minLength: min, maxLength: max, ...(format && { format }) }, [
    IsString(refusing('must be a text')),
    Units(min, Infinity, refusing(min === 1 ? 'must not be empty' : `must have at least ${min} characters`)),
    ...(notBlank ? [Matches(/\S/, refusing('must not be blank'))] : []),
    Units(0, max, refusing(`must have at most ${max} characters`, 'too_long')),
    ...(pattern ? [Matches(pattern.matches, refusing(pattern.message))] : []),
    CleanText(),
  ]);
}

/** A name that identifies: unique, compared exactly, so without space at its ends, which engines treat differently. */
export const NAME_MAX = 255;
export function NameField(options: FieldOptions): PropertyDecorator {
  return TextField({
    ...options,
    max: NAME_MAX,
    pattern: { matches: /^\S(.*\S)?$/su, message: 'must not begin or end with white space' },
  });
}

export function EnumField(options: FieldOptions & { values: readonly string[]; enumName?: string }): PropertyDecorator {
  return field(
    'text',
    options,
    { type: 'string', enum: [...options.values], ...(options.enumName && { enumName: options.enumName }) },
    [IsIn([...options.values], refusing(`must be one of ${options.values.join(', ')}`))],
  );
}

/** The id of a resource: a whole number below 2^53, so that JavaScript clients can hold it. */
export function IdField(options: FieldOptions): PropertyDecorator {
  return IntegerField({ ...options, format: 'int64', min: 1 });
}

export function IntegerField(
  options: FieldOptions & {
    format: 'int32' | 'int64';
    min?: number;
    max?: number;
    default?: number;
    /** What the document says instead of `min`, where more is understood than is promised. */
    documentedMin?: number;
  },
): PropertyDecorator {
  const { format, min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return field(
    'integer',
    options,
    {
      type: 'integer',
      format,
      minimum: options.documentedMin ?? min,
      ...(options.max !== undefined && { maximum: max }),
      ...(options.default !== undefined && { default: options.default }),
    },
    [
      IsInt(refusing('must be a whole number')),
      Min(min, refusing(`must be ${min} or more`)),
      Max(max, refusing(max === Number.MAX_SAFE_INTEGER ? 'must be below 2^53' : `must be ${max} or less`)),
    ],
  );
}

export function BooleanField(options: FieldOptions): PropertyDecorator {
  return field('boolean', options, { type: 'boolean' }, [IsBoolean(refusing('must be true or false'))]);
}

/** A moment: any ISO 8601 precision on input, whole seconds in UTC on output. */
export function TimeField(options: FieldOptions): PropertyDecorator {
  const refusal = refusing('must be an ISO 8601 date-time such as 2024-05-01T09:30:00Z');
  // ISO 8601 also knows days of a week and times without colons, which are no date-times on the web (RFC 3339).
  const isMoment = (value: unknown) => typeof value === 'string' && /T/.test(value) && !Number.isNaN(Date.parse(value));
  return field('time', options, { type: 'string', format: 'date-time' }, [
    IsISO8601({ strict: true }, refusal),
    ValidateBy({ name: 'isMoment', validator: { validate: isMoment } }, refusal),
  ]);
}

/** Custom data of a tenant: an object of any content, kept as it is. */
export function PropertiesField(options: FieldOptions): PropertyDecorator {
  return field('json', options, { type: 'object', additionalProperties: {}, example: options.example ?? {} }, [
    ValidateBy({ name: 'isObject', validator: { validate: isJsonObject } }, refusing('must be a JSON object')),
    ValidateBy(
      { name: 'cleanJson', validator: { validate: isCleanJson } },
      refusing(`must not contain ${UNCLEAN_JSON}`),
    ),
    ValidateBy(
      {
        name: 'maxBytes',
        validator: { validate: (value) => Buffer.byteLength(JSON.stringify(value)) <= PROPERTIES_MAX_BYTES },
      },
      refusing(`must have at most ${PROPERTIES_MAX_BYTES} bytes as JSON`, 'too_large'),
    ),
  ]);
}

/** Without a list Nest would take the type of the property. The document has none at all, see openapi/schemas.ts. */
export const ANYTHING = [{}];

/** Any JSON value, null as well, kept as it is. */
export function JsonField(options: FieldOptions & { maxBytes: number }): PropertyDecorator {
  const { maxBytes } = options;
  return field('json', { ...options, nullable: true }, { anyOf: ANYTHING, type: undefined }, [
    ValidateBy(
      { name: 'cleanJson', validator: { validate: isCleanJson } },
      refusing(`must not contain ${UNCLEAN_JSON}`),
    ),
    ValidateBy(
      {
        name: 'maxBytes',
        validator: { validate: (value) => Buffer.byteLength(JSON.stringify(value) ?? '') <= maxBytes },
      },
      refusing(`must have at most ${maxBytes} bytes as JSON`, 'too_large'),
    ),
  ]);
}

export function ObjectField(options: FieldOptions & { type: () => ResourceClass }): PropertyDecorator {
  return field('object', options, { type: options.type as () => never }, [
    ValidateBy({ name: 'isObject', validator: { validate: isJsonObject } }, refusing('must be an object')),
    ValidateNested(),
  ]);
}

/** The file of a form, see {@link UploadedFile}. */
export function FileField(options: FieldOptions): PropertyDecorator {
  return field('file', options, { type: 'string', format: 'binary' }, [
    ValidateBy(
      { name: 'isFile', validator: { validate: (value) => value instanceof UploadedFile } },
      refusing('must be a file'),
    ),
  ]);
}

/** A list of objects. */
export function ListField(options: FieldOptions & { type: () => ResourceClass; max?: number }): PropertyDecorator {
  // Not `uniqueItems`, though published of some: of that, generated clients make a Set, which JSON cannot carry.
  return field('object', { ...options, isList: true }, { type: options.type as () => never, isArray: true }, [
    ...arrayRules(options.max),
    ValidateBy(
      { name: 'isObject', validator: { validate: isJsonObject } },
      refusing('must hold objects only', 'invalid', true),
    ),
    ValidateNested({ each: true }),
  ]);
}

/** A list of texts. */
export function TextListField(options: FieldOptions & { maxLength: number; max?: number }): PropertyDecorator {
  return field(
    'text',
    { ...options, isList: true },
    {
      type: 'array',
      items: { type: 'string', maxLength: options.maxLength },
    },
    [
      ...arrayRules(options.max),
      IsString(refusing('must hold texts only', 'invalid', true)),
      Units(1, options.maxLength, refusing(`must hold texts of 1 to ${options.maxLength} characters`, 'invalid', true)),
      CleanText(true),
    ],
  );
}

function arrayRules(max?: number): PropertyDecorator[] {
  const isSet = (value: unknown) => isJsonObject(value) && Object.keys(value).length === 0;
  return [
    ValidateBy(
      { name: 'isNoSet', validator: { validate: (value) => !isSet(value) } },
      refusing('must be an array; a JavaScript Set serialises to {}, so send Array.from(set)'),
    ),
    IsArray(refusing('must be an array')),
    ...(max === undefined ? [] : [ArrayMaxSize(max, refusing(`must have at most ${max} elements`, 'too_long'))]),
  ];
}
