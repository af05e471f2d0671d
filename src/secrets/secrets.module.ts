import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { KeyCheck } from './key-check.js';
import { SecretErasure } from './secret-erasure.js';
import { SecretKeys } from './secret-keys.js';
import { SecretsController } from './secrets.controller.js';
import { SecretsRepository } from './secrets.repository.js';
import { SecretsService } from './secrets.service.js';

@Module({
  imports: [UsersModule],
  controllers: [SecretsController],
  providers: [KeyCheck, SecretErasure, SecretKeys, SecretsRepository, SecretsService],
  exports: [SecretKeys],
})
export class SecretsModule {}
