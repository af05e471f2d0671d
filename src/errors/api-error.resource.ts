import { EnumField, ListField, PropertiesField, TextField, TimeField } from '../resource/fields.js';
import type { Properties } from '../resource/json.js';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** One wrong field. */
export class ApiErrorField {
  @TextField({ description: 'What kind of resource the field belongs to', max: 255 })
  resource!: string;

  @TextField({ description: 'Which field is wrong', max: 1000 })
  field!: string;

  @EnumField({ description: 'What is wrong with it', values: Object.keys(ERROR_CODES), enumName: 'ApiErrorCode' })
  code!: ErrorCode;

  @TextField({ description: 'The same for people', max: 1000 })
  message!: string;
}

/** Why a request was refused. */
export class ApiError {
  @TextField({ description: 'The stable name of the error', max: 255 })
  error!: string;

  @TextField({ description: 'What happened', max: 1000 })
  message!: string;

  @TimeField({ description: 'When it happened' })
  timestamp!: number;

  @TextField({ description: 'What to do about it', max: 65_535, optional: true })
  explanation?: string;

  @PropertiesField({ description: 'More about it', optional: true })
  properties?: Properties;

  @ListField({ description: 'Every field that is wrong', type: () => ApiErrorField, optional: true })
  errors?: ApiErrorField[];
}

/** Why a caller was not let in. */
export class AuthenticationError {
  @TextField({ description: 'The stable name of the error', max: 255 })
  error!: string;

  @TextField({ description: 'What happened', max: 1000 })
  error_description!: string;
}
