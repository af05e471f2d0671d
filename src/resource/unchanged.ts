import { ApiHideProperty } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { ClientError } from '../errors/api-error.js';
import { isJsonObject } from './json.js';
import { registerField, ResourceClass } from './registry.js';

/**
 * A field of a patch that cannot be changed. Clients that send a resource back as they got it are let through, see
 * {@link refuseChange}; it is not described, since nobody needs to send it.
 */
export function UnchangedField(): PropertyDecorator {
  const register: PropertyDecorator = (target, name) =>
    registerField(target.constructor as unknown as ResourceClass, {
      name: String(name),
      kind: 'json',
      isList: false,
      aliases: [],
    });
  return applyDecorators(ApiHideProperty(), IsOptional(), register);
}

/** Refuses `given` unless it is what the field holds. Users are compared by their ids. */
export function refuseChange(resource: string, field: string, given: unknown, current: unknown): void {
  if (given === undefined || identity(given) === identity(current)) return;
  throw ClientError.of(resource, field, 'invalid', 'cannot be changed');
}

function identity(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(identity).sort().join()}]`;
  return JSON.stringify(isJsonObject(value) ? value.id : value) ?? '';
}
