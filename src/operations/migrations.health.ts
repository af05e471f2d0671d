import { Injectable } from '@nestjs/common';
import { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { migrationStatus } from '../database/schema.js';

/** Ready only with the schema that this version was written for. */
@Injectable()
export class MigrationsHealth {
  private isComplete = false;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly dataSource: DataSource,
  ) {}

  async check(key: string): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(key);
    if (this.isComplete) return indicator.up();
    try {
      const missing = (await migrationStatus(this.dataSource)).filter(({ applied }) => !applied);
      this.isComplete = missing.length === 0;
      if (this.isComplete) return indicator.up();
      return indicator.down({ message: `not applied: ${missing.map(({ name }) => name).join(', ')}` });
    } catch {
      return indicator.down({ message: 'cannot be read' });
    }
  }
}
