import { Module } from '@nestjs/common';
import { FileRemoval } from './file-removal.js';
import { FilesController } from './files.controller.js';
import { FilesRepository } from './files.repository.js';

/** Files that this server keeps, for whatever they belong to. */
@Module({
  controllers: [FilesController],
  providers: [FileRemoval, FilesRepository],
  exports: [FileRemoval, FilesRepository],
})
export class FilesModule {}
