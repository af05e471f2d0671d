import { Get, StreamableFile } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { requireScopes } from '../auth/require-scopes.js';
import { file, page, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { PageQuery } from '../pagination/page-query.js';
import { Page } from '../pagination/page.js';
import { BooleanField } from '../resource/fields.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Query } from '../resource/input.decorators.js';
import { About } from '../resource/registry.js';
import { ApplicationJobResource } from './application-job.resource.js';
import { ApplicationJobsService, JobDownload } from './application-jobs.service.js';

/** What lists of jobs can be asked for. */
@About('Job')
export class ListJobsQuery extends PageQuery {
  @BooleanField({ description: 'Filters for jobs currently running, or for those that have ended', optional: true })
  running?: boolean;
}

@PlatformController('jobs')
export class ApplicationJobsController {
  constructor(private readonly jobs: ApplicationJobsService) {}

  @Get()
  @Operation({
    id: 'list-jobs',
    summary: 'List jobs',
    description: 'Returns a page of jobs created for this application',
    tag: 'jobs',
    scopes: ['read:job'],
    answer: page(ApplicationJobResource, 'jobs'),
  })
  list(@Caller() { applicationId }: Principal, @Query() query: ListJobsQuery): Promise<Page<ApplicationJobResource>> {
    return this.jobs.list(applicationId, query.running, query);
  }

  @Get(':id')
  @Operation({
    id: 'retrieve-job',
    summary: 'Retrieve a job',
    description: 'Returns a job by ID',
    tag: 'jobs',
    scopes: ['read:job'],
    answer: resource(ApplicationJobResource),
  })
  retrieve(@Caller() { applicationId }: Principal, @IdParam('Job') id: number): Promise<ApplicationJobResource> {
    return this.jobs.retrieve(applicationId, id);
  }

  @Get(':id/file')
  @Operation({
    id: 'retrieve-job-file',
    summary: 'Download the file of a job',
    description: 'Returns the file that an export has made, for as long as it is kept',
    tag: 'jobs',
    scopes: ['read:job'],
    answer: file(['text/csv', 'application/x-ndjson', 'application/json']),
  })
  async file(@Caller() caller: Principal, @IdParam('Job') id: number): Promise<StreamableFile> {
    return download(caller, await this.jobs.file(caller.applicationId, id));
  }

  @Get(':id/errors')
  @Operation({
    id: 'retrieve-job-errors',
    summary: 'Download the error report of a job',
    description:
      'Returns the items that an import could not import, as JSON Lines: the index of each, its idempotency key, and all that is wrong with it',
    tag: 'jobs',
    scopes: ['read:job'],
    answer: file(['application/x-ndjson']),
  })
  async errors(@Caller() caller: Principal, @IdParam('Job') id: number): Promise<StreamableFile> {
    return download(caller, await this.jobs.errors(caller.applicationId, id));
  }
}

function download(caller: Principal, { content, contentType, name, size, scopes }: JobDownload): StreamableFile {
  requireScopes(caller, scopes);
  return new StreamableFile(content, {
    type: contentType,
    disposition: `attachment; filename="${name}"`,
    ...(size !== undefined && { length: size }),
  });
}
