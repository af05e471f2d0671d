import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DiskStorage } from './disk-storage.js';
import { FileStorage } from './file-storage.js';

/** Where files are kept, as the configuration says. */
@Global()
@Module({
  providers: [
    {
      provide: FileStorage,
      inject: [Config],
      useFactory: async ({ storage }: Config): Promise<FileStorage> => {
        if (storage.kind === 'disk') return new DiskStorage(storage.folder);
        // Loaded only where it is used: the client of S3 is larger than everything else here.
        const { S3Storage } = await import('./s3-storage.js');
        return new S3Storage(storage);
      },
    },
  ],
  exports: [FileStorage],
})
export class StorageModule {}
