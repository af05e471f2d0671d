import { TextField } from '../../resource/fields.js';

/** Lets an app send files, or fetch them. */
export class GrantResource {
  @TextField({ description: 'What the app is to show', max: 1024 })
  grant!: string;
}
