import { Module } from '@nestjs/common';
import { Rarity } from './rarity.js';
import { SearchIndex } from './search-index.js';

/** The index of messages, for those who ask it and for those who change messages. */
@Module({ providers: [SearchIndex, Rarity], exports: [SearchIndex] })
export class SearchModule {}
