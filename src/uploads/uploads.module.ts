import { Global, Module } from '@nestjs/common';
import { FormReader } from './form-reader.js';
import { Uploads } from './uploads.js';

/** Files that come with requests. */
@Global()
@Module({ providers: [FormReader, Uploads], exports: [FormReader, Uploads] })
export class UploadsModule {}
