import { Global, Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { BearerStrategy } from './bearer.strategy.js';
import { ClientsService } from './clients.service.js';
import { OAuthController } from './oauth.controller.js';
import { OAuthModel } from './oauth.model.js';
import { TokensService } from './tokens.service.js';

/** Credentials, tokens, and the strategy that recognises them. */
@Global()
@Module({
  imports: [PassportModule],
  controllers: [OAuthController],
  providers: [BearerStrategy, ClientsService, OAuthModel, TokensService],
  exports: [ClientsService, TokensService],
})
export class AuthModule {}
