import { ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { FastifyRequest } from 'fastify';
import { AuthenticationException } from '../errors/api-error.js';
import { OPERATION, OperationOptions } from '../hal/operation.decorator.js';
import { Principal } from './principal.js';
import { REALM, requireScopes } from './require-scopes.js';

/** Lets in who has a token with the scopes of the operation. Routes that are no operations are public. */
@Injectable()
export class BearerGuard extends AuthGuard('bearer') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = Reflect.getMetadata(OPERATION, context.getHandler()) as OperationOptions | undefined;
    if (!operation) return true;
    await super.canActivate(context);
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    const { scopes } = operation;
    requireScopes(principal!, scopes);
    return true;
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
