import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import { FastifyRequest } from 'fastify';

/** Who is calling: an application, with what its token allows. */
export interface Principal {
  readonly applicationId: number;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the bearer guard. */
    principal?: Principal;
  }
}

/** The principal of the request, for handlers. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!principal) throw new Error('A handler asks for its caller on a route without authentication');
  return principal;
});
