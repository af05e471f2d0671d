import { Delete, Get, Put } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Body } from '../resource/input.decorators.js';
import { ChatUserResource, toUserResource } from '../users/user.resource.js';
import { SecretNameParam, SecretResource, toSecretResource } from './secret.resource.js';
import { SecretsService } from './secrets.service.js';

const UNAVAILABLE = 'The server has no key to keep secrets with, or not the one that this was encrypted with';

@PlatformController('users/:id/secrets')
export class SecretsController {
  constructor(private readonly secrets: SecretsService) {}

  @Get(':name')
  @Operation({
    id: 'retrieve-user-secret',
    summary: 'Retrieve a user secret',
    description: 'Returns a user secret',
    tag: 'users',
    scopes: ['read:user_secret'],
    answer: resource(SecretResource),
    unavailable: UNAVAILABLE,
  })
  async retrieve(
    @Caller() { applicationId }: Principal,
    @IdParam('User') userId: number,
    @SecretNameParam() name: string,
  ): Promise<SecretResource> {
    return toSecretResource(await this.secrets.retrieve({ applicationId, userId, name }));
  }

  @Put(':name')
  @Operation({
    id: 'set-user-secret',
    summary: 'Set a user secret',
    description: "Sets a user secret's value: creates the secret, or replaces it. Returns the user",
    tag: 'users',
    scopes: ['read:user', 'update:user_secret'],
    body: SecretResource,
    answer: resource(ChatUserResource),
    unavailable: UNAVAILABLE,
  })
  async set(
    @Caller() { applicationId }: Principal,
    @IdParam('User') userId: number,
    @SecretNameParam() name: string,
    @Body() { secret }: SecretResource,
  ): Promise<ChatUserResource> {
    return toUserResource(await this.secrets.set({ applicationId, userId, name }, secret));
  }

  @Delete(':name')
  @Operation({
    id: 'remove-user-secret',
    summary: 'Remove a user secret',
    description: 'Removes a user secret. Returns the user',
    tag: 'users',
    scopes: ['read:user', 'delete:user_secret'],
    answer: resource(ChatUserResource),
    unavailable: UNAVAILABLE,
  })
  async remove(
    @Caller() { applicationId }: Principal,
    @IdParam('User') userId: number,
    @SecretNameParam() name: string,
  ): Promise<ChatUserResource> {
    return toUserResource(await this.secrets.remove({ applicationId, userId, name }));
  }
}
