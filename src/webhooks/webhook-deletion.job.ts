import { Injectable, OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { WEBHOOK_DELETION } from './webhooks.service.js';

const ROWS_A_STEP = 1_000;

/** Deletes the log of a webhook that is gone, and what was waiting. */
@Injectable()
export class WebhookDeletionJob implements JobHandler, OnModuleInit {
  readonly type = WEBHOOK_DELETION;

  constructor(
    private readonly runner: JobRunner,
    private readonly unitOfWork: UnitOfWork,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  step({ payload }: JobContext): Promise<boolean> {
    return this.unitOfWork.run(
      async () => !(await this.deliveries.deletePortion(Number(payload.webhookId), ROWS_A_STEP)),
    );
  }
}
