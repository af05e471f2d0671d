import { IntegerField, TextField, TextListField } from '../resource/fields.js';
import { About } from '../resource/registry.js';

export const PAGE_SIZE_DEFAULT = 25;
export const PAGE_SIZE_MAX = 100;

/** What every page-numbered collection can be asked for. */
@About('Page')
export class PageQuery {
  @IntegerField({ description: 'Zero-based page index', format: 'int64', optional: true, default: 0 })
  page?: number;

  @IntegerField({
    description: `Items on a page: above ${PAGE_SIZE_MAX} is ${PAGE_SIZE_MAX}, below 1 is ${PAGE_SIZE_DEFAULT}`,
    format: 'int64',
    min: Number.MIN_SAFE_INTEGER,
    documentedMin: 1,
    optional: true,
    default: PAGE_SIZE_DEFAULT,
  })
  size?: number;

  @TextListField({
    description: 'Sorting criteria as property, or property,asc or property,desc. May be repeated',
    maxLength: 100,
    optional: true,
  })
  sort?: string[];

  @TextField({
    description: 'Where the page before ended. Part of the next link; not to be made up',
    max: 8192,
    optional: true,
  })
  after?: string;

  @TextField({
    description: 'Where the page behind begins. Part of the prev link; not to be made up',
    max: 8192,
    optional: true,
  })
  before?: string;
}

/** The size to use: forgiving, since published extensions ask for pages of 0. */
export function pageSize(asked: number | undefined): number {
  if (asked === undefined || asked < 1) return PAGE_SIZE_DEFAULT;
  return Math.min(asked, PAGE_SIZE_MAX);
}
