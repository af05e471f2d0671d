import { EnumField, IdField, IntegerField } from '../resource/fields.js';
import { About } from '../resource/registry.js';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from './page-query.js';

export const CURSOR_RELATIONS = ['SELF', 'PREVIOUS', 'NEXT'] as const;

/** What every collection that is walked by cursor can be asked for. All but `size` come from links. */
@About('Page')
export class CursorQuery {
  @IntegerField({
    description: `Items on a page: above ${PAGE_SIZE_MAX} is ${PAGE_SIZE_MAX}, below 1 is ${PAGE_SIZE_DEFAULT}`,
    format: 'int32',
    min: Number.MIN_SAFE_INTEGER,
    documentedMin: 1,
    optional: true,
    default: PAGE_SIZE_DEFAULT,
  })
  size?: number;

  @IdField({ description: 'Start cursor. Part of links; not to be made up', optional: true })
  start?: number;

  @IdField({ description: 'Next page cursor. Part of links; not to be made up', optional: true })
  next?: number;

  @EnumField({
    description: 'Page cursor relation. Part of links; not to be made up',
    values: CURSOR_RELATIONS,
    optional: true,
  })
  relation?: (typeof CURSOR_RELATIONS)[number];
}
