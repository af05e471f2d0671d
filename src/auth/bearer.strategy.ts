import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import { Principal } from './principal.js';
import { TokensService } from './tokens.service.js';

/** Turns a bearer token into the principal behind it. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor(private readonly tokens: TokensService) {
    super({ realm: 'chatkitty' });
  }

  async validate(token: string): Promise<Principal | false> {
    return (await this.tokens.recognise(token)) ?? false;
  }
}
