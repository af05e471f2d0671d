import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import multipart from '@fastify/multipart';
import { VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest, LogController } from 'fastify';
import { AppModule } from './app.module.js';
import { Config } from './config/config.js';
import { ApiErrorFilter } from './errors/api-error.filter.js';
import { HalAdapter } from './hal/hal.adapter.js';
import { accessLog } from './http/access-log.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { JSON_BODY_MAX_BYTES, parseBodies } from './http/json-body.js';
import { PinoLogger } from './http/pino-logger.js';
import { rewriteUrl } from './http/path-family.js';
import { responseHeaders, responseToken } from './http/response-headers.js';
import { DocumentsService } from './openapi/documents.service.js';
import { Metrics } from './operations/metrics.js';

/** Longer paths are nobody's. Names in paths may have 255 characters of four bytes, each spelled with three. */
const PATH_PARAMETER_MAX = 4_096;

/** Puts the server together, for production and for tests; it does not listen yet. */
export async function createApp(config: Config): Promise<NestFastifyApplication> {
  const logger = new PinoLogger(config.logLevel);
  const adapter = new HalAdapter(config, {
    ...(config.tls && {
      http2: true as const,
      https: {
        allowHTTP1: true,
        cert: readFileSync(config.tls.certFile),
        key: readFileSync(config.tls.keyFile),
      },
    }),
    loggerInstance: logger.pino,
    // A logger for each request would be made in vain: lines that are about one carry its id themselves.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => responseToken(),
    requestIdHeader: false,
    trustProxy: config.trustedProxies.length > 0 && config.trustedProxies,
    bodyLimit: JSON_BODY_MAX_BYTES,
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX, ignoreTrailingSlash: true },
    rewriteUrl,
    // What the router cannot read comes by neither hooks nor filters.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      responseHeaders.call(reply.server, request, reply, () => undefined);
      app.get(ApiErrorFilter).print(error, request, reply);
    },
    // In-flight requests are finished on shutdown, connections that wait for a next one are closed.
    forceCloseConnections: 'idle',
  } as unknown as ConstructorParameters<typeof HalAdapter>[1]);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.decorateRequest('principal', undefined);
  fastify.decorateRequest('representation', undefined);
  app.get(AllowedMethods).watch(fastify);
  app.get(Metrics).watch(fastify);
  fastify.addHook('onRequest', responseHeaders);
  fastify.addHook('onResponse', accessLog);
  parseBodies(fastify);
  await app.register(multipart as never);
  if (config.corsOrigins.length > 0)
    await app.register(cors, {
      origin: config.corsOrigins.includes('*') ? true : config.corsOrigins,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: ['Authorization', 'Content-Type', 'Accept', 'Idempotency-Key', 'Grant'],
      exposedHeaders: [
        'Location',
        'X-Response-Token',
        'X-Api-Version',
        'Idempotency-Replayed',
        'WWW-Authenticate',
        'RateLimit',
        'RateLimit-Policy',
        'RateLimit-Limit',
        'RateLimit-Remaining',
        'RateLimit-Reset',
        'Retry-After',
      ],
      maxAge: 3600,
      strictPreflight: false,
    });
  app.enableVersioning({ type: VersioningType.URI });
  app.get(DocumentsService).describes(app);
  return app;
}

/** Listens, and lets links name the port that was got. */
export async function listen(app: NestFastifyApplication): Promise<number> {
  const config = app.get(Config);
  await app.listen(config.port, config.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  config.listeningOn(port);
  return port;
}
