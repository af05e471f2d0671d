import { FastifyAdapter } from '@nestjs/platform-fastify';
import { FastifyReply, RawServerDefault } from 'fastify';
import { Config } from '../config/config.js';
import { writeAnswer } from './representation.js';

/** Fastify, told how to write what handlers return. An interceptor for it would cost as much as a look-up by key. */
export class HalAdapter extends FastifyAdapter {
  constructor(
    private readonly config: Config,
    options: ConstructorParameters<typeof FastifyAdapter<RawServerDefault>>[0],
  ) {
    super(options);
  }

  override reply(response: FastifyReply, value: unknown, status?: number): FastifyReply {
    const { representation } = response.request;
    // A write that has a key was written before it was committed.
    const isWritten = !representation || typeof value === 'string';
    const body = isWritten ? value : writeAnswer(representation, value, response, this.config.publicUrl);
    return super.reply(response, body, status);
  }
}
