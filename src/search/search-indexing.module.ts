import { Module } from '@nestjs/common';
import { SearchIndexer } from './search-indexer.js';
import { SearchModule } from './search.module.js';

/** Keeps the index of messages in step; part of servers, not of commands. */
@Module({ imports: [SearchModule], providers: [SearchIndexer] })
export class SearchIndexingModule {}
