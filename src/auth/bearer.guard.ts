import { ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { FastifyReply, FastifyRequest } from 'fastify';
import { AuthenticationException } from '../errors/api-error.js';
import { operationBy, OperationOptions } from '../hal/operation.decorator.js';
import { RateLimiter } from '../limits/rate-limiter.js';
import { Principal } from './principal.js';
import { REALM, requireScopes } from './require-scopes.js';
import { TokensService } from './tokens.service.js';

/**
 * Lets in who has a token with the scopes of the operation, as often as the application may ask. Routes that are no
 * operations are public. A token goes through the strategy once in a few seconds, and is remembered in between.
 */
@Injectable()
export class BearerGuard extends AuthGuard('bearer') {
  constructor(
    private readonly tokens: TokensService,
    private readonly limiter: RateLimiter,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const operation = operationBy(context.getHandler());
    if (!operation) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const principal = token === undefined ? undefined : this.tokens.remembered(token);
    if (principal) {
      request.principal = principal;
      return this.admit(principal, operation, reply);
    }
    const authenticated = super.canActivate(context) as Promise<boolean>;
    return authenticated.then(() => this.admit(request.principal!, operation, reply));
  }

  private admit(principal: Principal, operation: OperationOptions, reply: FastifyReply): boolean | Promise<boolean> {
    // Counted before scopes are compared: what is refused for them is an answer like any other.
    const waiting = this.limiter.admit(principal.applicationId, reply);
    return waiting ? waiting.then(() => allow(principal, operation)) : allow(principal, operation);
  }

  /** The strategy sees the headers alone: a token in the query or the body would end up in logs. */
  override getRequest(context: ExecutionContext): { headers: FastifyRequest['headers'] } {
    return { headers: context.switchToHttp().getRequest<FastifyRequest>().headers };
  }

  override handleRequest<User = Principal>(
    error: unknown,
    principal: User | false,
    _info: unknown,
    context: ExecutionContext,
  ): User {
    if (error) throw error instanceof Error ? error : new Error('The token could not be checked', { cause: error });
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!principal) {
      const isGiven = /^bearer( |$)/i.test(request.headers.authorization ?? '');
      throw new AuthenticationException(
        401,
        'unauthorized',
        'Full authentication is required to access this resource',
        // RFC 6750, 3.1: without a token, or with credentials of another kind, nothing is said about what was wrong.
        isGiven ? `${REALM}, error="invalid_token", error_description="The access token is unknown or expired"` : REALM,
      );
    }
    request.principal = principal as unknown as Principal;
    return principal;
  }
}

/** As the strategy reads it. */
const BEARER = /^bearer (\S+)$/i;

function allow(principal: Principal, { scopes }: OperationOptions): boolean {
  requireScopes(principal, scopes);
  return true;
}
