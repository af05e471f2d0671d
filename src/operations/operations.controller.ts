import { Controller, Get, Header, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, TypeOrmHealthIndicator } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Config } from '../config/config.js';
import { MigrationsHealth } from './migrations.health.js';
import { Metrics } from './metrics.js';

const DATABASE_TIMEOUT_MS = 2_000;

/** What operators and newcomers look at first. Public. */
@ApiExcludeController()
@Controller({ version: VERSION_NEUTRAL })
export class OperationsController {
  constructor(
    private readonly config: Config,
    private readonly health: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly migrations: MigrationsHealth,
    private readonly metrics: Metrics,
  ) {}

  @Get()
  @Header('content-type', 'application/json')
  root(): string {
    const { publicUrl } = this.config;
    return JSON.stringify({
      name: 'ChatKitty Platform API',
      _links: {
        self: { href: publicUrl },
        v1: { href: `${publicUrl}/v1` },
        application: { href: `${publicUrl}/v1/application` },
        token: { href: `${publicUrl}/oauth/token` },
        'oauth-authorization-server': { href: `${publicUrl}/.well-known/oauth-authorization-server` },
        'service-desc': { href: `${publicUrl}/openapi.json`, type: 'application/json' },
        'service-doc': { href: `${publicUrl}/docs`, type: 'text/html' },
        health: { href: `${publicUrl}/health` },
      },
    });
  }

  @Get('v1')
  @Header('content-type', 'application/json')
  versionRoot(): string {
    const { publicUrl } = this.config;
    return JSON.stringify({
      _links: {
        self: { href: `${publicUrl}/v1` },
        application: { href: `${publicUrl}/v1/applications/me` },
      },
    });
  }

  /** 200 when requests can be served, 503 with the reason otherwise. */
  @Get('health')
  async check(@Res() reply: FastifyReply): Promise<void> {
    const answer = await this.health
      .check([
        () => this.database.pingCheck('database', { timeout: DATABASE_TIMEOUT_MS }),
        () => this.migrations.check('migrations'),
      ])
      .then((result) => ({ status: 200, result: result as unknown }))
      .catch((error: { getStatus?(): number; getResponse?(): unknown }) => ({
        status: error.getStatus?.() ?? 503,
        result: error.getResponse?.() ?? { status: 'error' },
      }));
    await reply.code(answer.status).header('content-type', 'application/json').send(JSON.stringify(answer.result));
  }

  @Get('metrics')
  async prometheus(@Res() reply: FastifyReply): Promise<void> {
    const { registry } = this.metrics;
    await reply.header('content-type', registry.contentType).send(await registry.metrics());
  }
}
