import { Module } from '@nestjs/common';
import { SecretsModule } from '../secrets/secrets.module.js';
import { FileGrants } from './file-grants.js';

@Module({ imports: [SecretsModule], providers: [FileGrants], exports: [FileGrants] })
export class GrantsModule {}
