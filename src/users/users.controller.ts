import { Body, Delete, Get, Head, Patch, Post, Query } from '@nestjs/common';
import { ApplicationResource, toApplicationResource } from '../applications/application.resource.js';
import { ApplicationsService } from '../applications/applications.service.js';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { CreateExternalFileProperties } from '../files/file.resource.js';
import { empty, page, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PATCH_BODY_TYPES } from '../http/media-types.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { PageQuery } from '../pagination/page-query.js';
import { Page } from '../pagination/page.js';
import { NameField, TextField } from '../resource/fields.js';
import { JsonOrForm } from '../resource/input.pipe.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { propertiesFilter } from '../resource/properties-filter.js';
import { About } from '../resource/registry.js';
import {
  ChatUserPropertiesPatch,
  ChatUserResource,
  CreatePersonChatUserResource,
  DISPLAY_PICTURE_UPLOAD,
  DisplayPictureForm,
  toUserResource,
} from './user.resource.js';
import { UsersService } from './users.service.js';

@About('User')
export class ListUsersQuery extends PageQuery {
  @NameField({ description: 'Filters by username', optional: true })
  name?: string;

  @TextField({
    description: 'Filters by custom properties: a JSON object that they contain',
    max: 8192,
    optional: true,
  })
  properties?: string;
}

@About('User')
export class CheckUserExistsQuery {
  @NameField({ description: 'Username of the user' })
  name!: string;
}

@PlatformController('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly applications: ApplicationsService,
  ) {}

  // Before the list: a GET route brings a HEAD route of its own, unless there is one.
  @Head()
  @Operation({
    id: 'check-user-exists',
    summary: 'Check a user exists',
    description: 'Checks if a user exists',
    tag: 'users',
    scopes: ['read:user'],
    answer: empty(),
  })
  async exists(@Caller() { applicationId }: Principal, @Query() { name }: CheckUserExistsQuery): Promise<void> {
    if (!(await this.users.exists(applicationId, name))) throw new ResourceNotFoundError();
  }

  @Get()
  @Operation({
    id: 'list-users',
    summary: 'List users',
    description: 'Returns a page of users belonging to this application',
    tag: 'users',
    scopes: ['read:user'],
    answer: page(ChatUserResource, 'users'),
  })
  async list(@Caller() { applicationId }: Principal, @Query() query: ListUsersQuery): Promise<Page<ChatUserResource>> {
    const properties = propertiesFilter('User', query.properties);
    const filter = { ...(query.name !== undefined && { name: query.name }), ...(properties && { properties }) };
    return (await this.users.list(applicationId, filter, query)).map(toUserResource);
  }

  @Post()
  @Operation({
    id: 'create-user',
    summary: 'Create a user',
    description: 'Creates a new user',
    tag: 'users',
    scopes: ['create:user'],
    body: CreatePersonChatUserResource,
    answer: resource(ChatUserResource),
  })
  async create(
    @Caller() { applicationId }: Principal,
    @Body() user: CreatePersonChatUserResource,
  ): Promise<ChatUserResource> {
    return toUserResource(await this.users.create(applicationId, user));
  }

  @Get(':id')
  @Operation({
    id: 'retrieve-user',
    summary: 'Retrieve a user',
    description: 'Returns a user',
    tag: 'users',
    scopes: ['read:user'],
    answer: resource(ChatUserResource),
  })
  async retrieve(@Caller() { applicationId }: Principal, @IdParam('User') id: number): Promise<ChatUserResource> {
    return toUserResource(await this.users.retrieve(applicationId, id));
  }

  @Patch(':id')
  @Operation({
    id: 'update-user',
    summary: 'Update a user',
    description: 'Updates the properties of a user',
    tag: 'users',
    scopes: ['read:user', 'update:user'],
    body: ChatUserPropertiesPatch,
    bodyTypes: PATCH_BODY_TYPES,
    bodyOptional: true,
    answer: resource(ChatUserResource),
  })
  async update(
    @Caller() { applicationId }: Principal,
    @IdParam('User') id: number,
    @Body() patch: ChatUserPropertiesPatch,
  ): Promise<ChatUserResource> {
    return toUserResource(await this.users.update(applicationId, id, patch));
  }

  @Post(':id/display-picture')
  @Operation({
    id: 'update-user-display-picture',
    summary: "Update a user's display picture",
    description: "Updates a user's display picture",
    tag: 'users',
    scopes: ['read:user', 'update:user'],
    body: CreateExternalFileProperties,
    upload: DISPLAY_PICTURE_UPLOAD,
    answer: resource(ChatUserResource),
  })
  async changeDisplayPicture(
    @Caller() { applicationId }: Principal,
    @IdParam('User') id: number,
    @Body(new JsonOrForm(CreateExternalFileProperties)) picture: CreateExternalFileProperties | DisplayPictureForm,
  ): Promise<ChatUserResource> {
    return toUserResource(await this.users.changeDisplayPicture(applicationId, id, picture));
  }

  @Delete(':id')
  @Operation({
    id: 'delete-user',
    summary: 'Delete a user',
    description: 'Deletes a user. Its messages remain, without a name. Returns the application',
    tag: 'users',
    scopes: ['read:user', 'delete:user'],
    answer: resource(ApplicationResource),
  })
  async delete(@Caller() { applicationId }: Principal, @IdParam('User') id: number): Promise<ApplicationResource> {
    await this.users.delete(applicationId, id);
    return toApplicationResource(await this.applications.retrieve(applicationId));
  }
}
