import { Delete, Get, Put } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { TextField } from '../resource/fields.js';
import { Body, Query } from '../resource/input.decorators.js';
import { About } from '../resource/registry.js';
import {
  ApplicationResource,
  ApplicationSettingsProperties,
  ApplicationSettingsResource,
  toApplicationResource,
  toApplicationSettingsResource,
} from './application.resource.js';
import { ApplicationsService } from './applications.service.js';

@About('Application')
export class DeleteApplicationQuery {
  @TextField({ description: 'The key of the application, to confirm', max: 64, optional: true })
  confirm?: string;
}

@PlatformController('application')
export class ApplicationsController {
  constructor(private readonly applications: ApplicationsService) {}

  @Get()
  @Operation({
    id: 'retrieve-authenticated-application',
    summary: 'Retrieve the authenticated application',
    description: 'Returns the application that the access token belongs to',
    tag: 'application',
    scopes: ['read:application'],
    answer: resource(ApplicationResource),
  })
  async retrieve(@Caller() { applicationId }: Principal): Promise<ApplicationResource> {
    return toApplicationResource(await this.applications.retrieve(applicationId));
  }

  @Delete()
  @Operation({
    id: 'delete-authenticated-application',
    summary: 'Delete the authenticated application',
    description:
      'Deletes this application with all its data, and answers what it was. Its tokens end at once. Needs its key as confirmation',
    tag: 'application',
    scopes: ['delete:application'],
    answer: resource(ApplicationResource),
  })
  async delete(
    @Caller() { applicationId }: Principal,
    @Query() { confirm }: DeleteApplicationQuery,
  ): Promise<ApplicationResource> {
    return toApplicationResource(await this.applications.delete(applicationId, confirm));
  }

  @Get('settings')
  @Operation({
    id: 'retrieve-authenticated-application-settings',
    summary: 'Retrieve application settings',
    description: 'Returns the settings of the application that the access token belongs to',
    tag: 'application',
    scopes: ['read:application'],
    answer: resource(ApplicationSettingsResource),
  })
  async retrieveSettings(@Caller() { applicationId }: Principal): Promise<ApplicationSettingsResource> {
    return toApplicationSettingsResource(await this.applications.retrieve(applicationId));
  }

  @Put('settings')
  @Operation({
    id: 'update-authenticated-application-settings',
    summary: 'Update application settings',
    description: 'Replaces the settings of the application that the access token belongs to',
    tag: 'application',
    scopes: ['update:application'],
    body: ApplicationSettingsProperties,
    answer: resource(ApplicationSettingsResource),
  })
  async updateSettings(
    @Caller() { applicationId }: Principal,
    @Body() settings: ApplicationSettingsProperties,
  ): Promise<ApplicationSettingsResource> {
    return toApplicationSettingsResource(await this.applications.updateSettings(applicationId, settings));
  }
}
