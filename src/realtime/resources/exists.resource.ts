import { BooleanField } from '../../resource/fields.js';

/** Whether something is so. */
export class ExistsResource {
  @BooleanField({ description: 'True if it is so' })
  exists!: boolean;
}
