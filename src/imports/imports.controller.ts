import { Post } from '@nestjs/common';
import { ApplicationJobResource } from '../application-jobs/application-job.resource.js';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { BooleanField, FileField } from '../resource/fields.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Body, Query } from '../resource/input.decorators.js';
import { About, ResourceClass } from '../resource/registry.js';
import { UploadedFile } from '../uploads/uploaded-file.js';
import { UploadOptions } from '../uploads/upload-options.js';
import { ArrayInspection } from './import-file.js';
import { ChannelImport, ChannelMembershipImport, ChatUserImport, MessageImport } from './import.resource.js';
import { ImportsService } from './imports.service.js';

/** What an import comes as. */
@About('Import')
export class ImportForm {
  @FileField({ description: 'JSON array file with the items' })
  file!: UploadedFile;
}

/** How a file is to be imported. */
@About('Import')
export class ImportQuery {
  @BooleanField({ description: 'Checks all items and reports, without importing any', optional: true })
  dryRun?: boolean;
}

const upload: UploadOptions = {
  form: ImportForm,
  prefix: 'imports',
  maxBytes: ({ maxImportBytes }) => maxImportBytes,
  inspect: () => new ArrayInspection(),
};
const IMPORT = { tag: 'imports', status: 202, upload, answer: resource(ApplicationJobResource) } as const;
const importOf = (items: ResourceClass) => ({ ...IMPORT, upload: { ...upload, items } });

@PlatformController('imports')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Post('users')
  @Operation({
    ...importOf(ChatUserImport),
    id: 'import-users',
    summary: 'Import users',
    description: 'Batch imports users from a JSON array file',
    scopes: ['create:user'],
  })
  users(
    @Caller() { applicationId }: Principal,
    @Body() { file }: ImportForm,
    @Query() query: ImportQuery,
  ): Promise<ApplicationJobResource> {
    return this.imports.schedule(applicationId, 'USER_IMPORT', file, query);
  }

  @Post('channels')
  @Operation({
    ...importOf(ChannelImport),
    id: 'import-channels',
    summary: 'Import channels',
    description: 'Batch imports channels from a JSON array file',
    scopes: ['create:channel'],
  })
  channels(
    @Caller() { applicationId }: Principal,
    @Body() { file }: ImportForm,
    @Query() query: ImportQuery,
  ): Promise<ApplicationJobResource> {
    return this.imports.schedule(applicationId, 'CHANNEL_IMPORT', file, query);
  }

  @Post('channels/:id/members')
  @Operation({
    ...importOf(ChannelMembershipImport),
    id: 'import-channel-members',
    summary: 'Import channel members',
    description: 'Batch imports channel members from a JSON array file',
    scopes: ['create:channel_membership'],
  })
  members(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Body() { file }: ImportForm,
    @Query() query: ImportQuery,
  ): Promise<ApplicationJobResource> {
    return this.imports.scheduleMembers(applicationId, id, file, query);
  }

  @Post('messages')
  @Operation({
    ...importOf(MessageImport),
    id: 'import-messages',
    summary: 'Import messages',
    description: 'Batch imports messages from a JSON array file',
    scopes: ['create:message'],
  })
  messages(
    @Caller() { applicationId }: Principal,
    @Body() { file }: ImportForm,
    @Query() query: ImportQuery,
  ): Promise<ApplicationJobResource> {
    return this.imports.schedule(applicationId, 'MESSAGE_IMPORT', file, query);
  }

  @Post('application')
  @Operation({
    ...IMPORT,
    id: 'import-application',
    summary: 'Import an application',
    description: 'Batch imports users, channels, members and messages, each item with its kind, from a JSON array file',
    scopes: ['create:user', 'create:channel', 'create:channel_membership', 'create:message'],
  })
  application(
    @Caller() { applicationId }: Principal,
    @Body() { file }: ImportForm,
    @Query() query: ImportQuery,
  ): Promise<ApplicationJobResource> {
    return this.imports.schedule(applicationId, 'APPLICATION_IMPORT', file, query);
  }
}
