import { Module } from '@nestjs/common';
import { SearchIndex } from './search-index.js';

/** The index of messages, for those who ask it and for those who change messages. */
@Module({ providers: [SearchIndex], exports: [SearchIndex] })
export class SearchModule {}
