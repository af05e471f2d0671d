import { Module } from '@nestjs/common';
import { SearchIndex } from './search-index.js';
import { SearchSegments } from './search-segments.js';

/** The index of messages, for those who ask it and for those who change messages. */
@Module({ providers: [SearchIndex, SearchSegments], exports: [SearchIndex, SearchSegments] })
export class SearchModule {}
