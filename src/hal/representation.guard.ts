import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { FastifyRequest } from 'fastify';
import { operationBy } from './operation.decorator.js';
import { chooseRepresentation } from './representation.js';

/** Only what can be answered, and understood, gets to a handler. Runs behind the guards that say who may ask. */
@Injectable()
export class RepresentationGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const operation = operationBy(context.getHandler());
    if (!operation || operation.answer.form === 'file') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.representation = chooseRepresentation(operation, request);
    return true;
  }
}
