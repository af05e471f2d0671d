import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Header, Param, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { DocumentsService } from './documents.service.js';

/** The files of Swagger UI that the page needs. */
const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

// The package itself would load all of its code for nothing: only its files are wanted.
const UI_FOLDER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>ChatKitty Platform API</title>
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
    <link rel="icon" href="/docs/assets/favicon-32x32.png">
    <style>
      body { margin: 0; }
      .swagger-ui .topbar .link { display: none; }
      .swagger-ui .info { margin: 30px 0; }
      .swagger-ui .scopes { max-height: 220px; overflow-y: auto; }
    </style>
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/assets/swagger-ui-standalone-preset.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({
  dom_id: '#docs',
  urls: [
    { url: '/openapi.json', name: 'v1, camelCase' },
    { url: '/openapi.v2.json', name: 'without version, snake_case' },
  ],
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  // All operations at once would be a very long page.
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  filter: true,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: true,
  // The documents name the public address of the server, which may be another than that of this page.
  requestInterceptor(request) {
    const { pathname, search } = new URL(request.url, location.href);
    request.url = location.origin + pathname + search;
    return request;
  },
});
`;

/** The documents, for clients and for people. Public, and without anything from elsewhere. */
@ApiExcludeController()
@Controller({ version: VERSION_NEUTRAL })
export class DocsController {
  constructor(private readonly documents: DocumentsService) {}

  @Get('openapi.json')
  @Header('content-type', 'application/json')
  v1(): string {
    return JSON.stringify(this.documents.get().v1);
  }

  @Get('openapi.v2.json')
  @Header('content-type', 'application/json')
  v2(): string {
    return JSON.stringify(this.documents.get().v2);
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  page(): string {
    return PAGE;
  }

  @Get('docs/assets/:file')
  async asset(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined;
    if (!type) throw new ResourceNotFoundError();
    const content = await readFile(join(UI_FOLDER, file));
    await reply.header('content-type', type).header('cache-control', 'public, max-age=86400').send(content);
  }

  @Get('docs/start.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return START;
  }
}
