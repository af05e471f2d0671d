import { Global, Module } from '@nestjs/common';
import { CursorReader } from './cursor-reader.js';
import { PageReader } from './page-reader.js';

/** Reading collections page by page. */
@Global()
@Module({ providers: [CursorReader, PageReader], exports: [CursorReader, PageReader] })
export class PaginationModule {}
