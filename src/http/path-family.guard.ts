import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { Redirect, ResourceNotFoundError } from '../errors/api-error.js';
import { familyOf } from './path-family.js';

/** The application in the path must be the caller's own; `me` is sent on to its address. Runs behind the bearer guard. */
@Injectable()
export class PathFamilyGuard implements CanActivate {
  constructor(private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { applicationId: written } = familyOf(request);
    if (written === undefined || !request.principal) return true;
    const own = String(request.principal.applicationId);
    if (written === own) return true;
    if (written !== 'me') throw new ResourceNotFoundError();
    const below = request.originalUrl.slice('/v1/applications/me'.length);
    throw new Redirect(`${this.config.publicUrl}/v1/applications/${own}${below}`);
  }
}
