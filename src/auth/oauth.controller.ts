import { Controller, Get, Header, HttpCode, Post, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import OAuth2Server from '@node-oauth/oauth2-server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { Guessing } from '../limits/guessing.js';
import { retryAfter } from '../limits/rate-limited.error.js';
import { Client } from './client.entity.js';
import { ClientsService } from './clients.service.js';
import { OAuthError } from './oauth-error.js';
import { OAuthModel } from './oauth.model.js';
import { clientCredentialsOf, formOf } from './oauth-request.js';
import { ALL_SCOPES } from './scopes.js';
import { TokensService } from './tokens.service.js';

/** OAuth 2.0: tokens for client credentials, revocation (RFC 7009), introspection (RFC 7662), metadata (RFC 8414). */
@ApiExcludeController()
@Controller({ version: VERSION_NEUTRAL })
export class OAuthController {
  private readonly server: OAuth2Server;

  constructor(
    model: OAuthModel,
    private readonly config: Config,
    private readonly clients: ClientsService,
    private readonly tokens: TokensService,
    private readonly guessing: Guessing,
  ) {
    this.server = new OAuth2Server({ model, accessTokenLifetime: config.accessTokenSeconds });
  }

  @Post('oauth/token')
  @HttpCode(200)
  async token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await answering(reply, async () => {
      const form = await formOf(request);
      const credentials = clientCredentialsOf(request, form);
      if (!credentials) throw unknownClient();
      // The library knows forms only; what came as multipart means the same.
      const body = {
        grant_type: form.grant_type,
        ...(form.scope && { scope: form.scope }),
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
      };
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '1' };
      const response = new OAuth2Server.Response();
      const given = new OAuth2Server.Request({ method: 'POST', headers, query: {}, body });
      await this.withoutGuessing(request, credentials.clientId, () => this.server.token(given, response));
      return { ...(response.body as object), token_type: 'bearer', expires_in: this.config.accessTokenSeconds };
    });
  }

  @Post('oauth/revoke')
  async revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await answering(reply, async () => {
      const form = await formOf(request);
      const { applicationId } = await this.authenticate(request, form);
      if (!form.token) throw new OAuthError(400, 'invalid_request', 'The parameter token is missing');
      // An unknown token is as good as one taken back (RFC 7009, 2.2).
      await this.tokens.revoke(applicationId, form.token);
      return {};
    });
  }

  @Post('oauth/introspect')
  async introspect(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await answering(reply, async () => {
      const form = await formOf(request);
      const { applicationId } = await this.authenticate(request, form);
      if (!form.token) throw new OAuthError(400, 'invalid_request', 'The parameter token is missing');
      const record = await this.tokens.inspect(form.token);
      if (record?.applicationId !== applicationId) return { active: false };
      return {
        active: true,
        scope: record.scope,
        client_id: record.clientId,
        token_type: 'bearer',
        exp: Math.floor(record.expiresTime / 1000),
        iat: Math.floor(record.issuedTime / 1000),
      };
    });
  }

  @Get('.well-known/oauth-authorization-server')
  @Header('content-type', 'application/json')
  metadata(): string {
    const { publicUrl } = this.config;
    const methods = ['client_secret_basic', 'client_secret_post'];
    return JSON.stringify({
      issuer: publicUrl,
      token_endpoint: `${publicUrl}/oauth/token`,
      token_endpoint_auth_methods_supported: methods,
      revocation_endpoint: `${publicUrl}/oauth/revoke`,
      revocation_endpoint_auth_methods_supported: methods,
      introspection_endpoint: `${publicUrl}/oauth/introspect`,
      introspection_endpoint_auth_methods_supported: methods,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: ALL_SCOPES,
      service_documentation: `${publicUrl}/docs`,
    });
  }

  private async authenticate(request: FastifyRequest, form: Record<string, string>): Promise<Client> {
    const credentials = clientCredentialsOf(request, form);
    if (!credentials) throw unknownClient();
    const { clientId, clientSecret } = credentials;
    return this.withoutGuessing(request, clientId, async () => {
      const client = await this.clients.authenticate(clientId, clientSecret);
      if (!client) throw unknownClient();
      return client;
    });
  }

  /** Does work that finds out whether a secret is right, unless there were too many wrong ones. */
  private async withoutGuessing<T>({ ip }: FastifyRequest, clientId: string, work: () => Promise<T>): Promise<T> {
    const waitMs = await this.guessing.waitMs(clientId, ip);
    if (waitMs > 0)
      throw new OAuthError(429, 'temporarily_unavailable', 'Too many attempts with a wrong secret; wait a little', {
        'retry-after': String(retryAfter(waitMs)),
      });
    try {
      return await work();
    } catch (error) {
      if (isUnknownClient(error)) await this.guessing.failed(clientId, ip);
      throw error;
    }
  }
}

const unknownClient = () => new OAuthError(401, 'invalid_client', 'The client is unknown or its secret is wrong');

const isUnknownClient = (error: unknown): boolean =>
  (error instanceof OAuthError && error.error === 'invalid_client') ||
  (error instanceof OAuth2Server.OAuthError && error.name === 'invalid_client');

/** Sends what `work` answers, or its refusal, in the form of RFC 6749. */
async function answering(reply: FastifyReply, work: () => Promise<object>): Promise<void> {
  void reply.header('content-type', 'application/json');
  try {
    await reply.code(200).send(JSON.stringify(await work()));
  } catch (thrown) {
    const { status, error, description, headers } = toOAuthError(thrown);
    if (status === 401) void reply.header('www-authenticate', 'Basic realm="chatkitty"');
    await reply
      .code(status)
      .headers(headers)
      .send(JSON.stringify({ error, error_description: description }));
  }
}

function toOAuthError(thrown: unknown): OAuthError {
  if (thrown instanceof OAuthError) return thrown;
  if (thrown instanceof OAuth2Server.OAuthError && thrown.code < 500) {
    if (thrown.name === 'invalid_client') return unknownClient();
    // The library tells grants that it knows from those that a client may use; here is one grant, for every client.
    if (thrown.name === 'unauthorized_client')
      return new OAuthError(400, 'unsupported_grant_type', 'The grant_type must be client_credentials');
    return new OAuthError(thrown.code, thrown.name, thrown.message);
  }
  throw thrown;
}
