import { Global, Module } from '@nestjs/common';
import { FormReader } from './form-reader.js';

/** Files that come with requests. */
@Global()
@Module({ providers: [FormReader], exports: [FormReader] })
export class UploadsModule {}
