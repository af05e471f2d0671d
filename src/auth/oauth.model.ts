import { Injectable } from '@nestjs/common';
import OAuth2Server from '@node-oauth/oauth2-server';
import { Client } from './client.entity.js';
import { ClientsService } from './clients.service.js';
import { ALL_SCOPES, SCOPE_PATTERN } from './scopes.js';
import { TokensService } from './tokens.service.js';

type OAuthClient = OAuth2Server.Client & { record: Client };

/** What the OAuth library asks of us for the client credentials grant (RFC 6749, 4.4). */
@Injectable()
export class OAuthModel implements OAuth2Server.ClientCredentialsModel {
  constructor(
    private readonly clients: ClientsService,
    private readonly tokens: TokensService,
  ) {}

  getClient = async (clientId: string, clientSecret: string): Promise<OAuthClient | false> => {
    const record = await this.clients.authenticate(clientId, clientSecret ?? '');
    return record ? { id: clientId, grants: ['client_credentials'], record } : false;
  };

  /** An application speaks for itself: there is no other resource owner. */
  getUserFromClient = async (client: OAuth2Server.Client): Promise<OAuth2Server.User> => ({ clientId: client.id });

  generateAccessToken = async (): Promise<string> => this.tokens.generate();

  /** Without a wish all four wildcards; a narrower wish is granted as it is; anything unknown is refused. */
  validateScope = async (_user: unknown, _client: unknown, wished?: string[]): Promise<string[] | false> => {
    const scopes = [...new Set((wished ?? []).filter(Boolean))];
    if (scopes.length === 0) return ALL_SCOPES;
    return scopes.join(' ').length <= SCOPE_MAX && scopes.every((scope) => SCOPE_PATTERN.test(scope)) ? scopes : false;
  };

  saveToken = async (
    token: OAuth2Server.Token,
    client: OAuth2Server.Client,
    user: OAuth2Server.User,
  ): Promise<OAuth2Server.Token> => {
    const { applicationId } = (client as OAuthClient).record;
    await this.tokens.save(token.accessToken, {
      applicationId,
      clientId: client.id,
      scope: (token.scope ?? ALL_SCOPES).join(' '),
      issuedTime: Date.now(),
      expiresTime: token.accessTokenExpiresAt!.getTime(),
    });
    return { ...token, client, user };
  };

  /** Never asked: tokens are recognised by the bearer strategy. */
  getAccessToken = async (): Promise<false> => false;
}

const SCOPE_MAX = 2000;
