import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { DocumentsService } from './documents.service.js';

/** The description of the API. */
@Module({ controllers: [DocsController], providers: [DocumentsService], exports: [DocumentsService] })
export class OpenapiModule {}
