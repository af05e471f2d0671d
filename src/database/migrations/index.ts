import { CreateCoreTables0001 } from './0001-create-core-tables.js';
import { CreateSearchAndPreviews0009 } from './0009-create-search-and-previews.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [CreateCoreTables0001, CreateSearchAndPreviews0009];
