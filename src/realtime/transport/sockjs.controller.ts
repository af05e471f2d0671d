import { randomInt } from 'node:crypto';
import { Controller, Get, Headers, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

const ENTROPY_MAX = 2 ** 32;

/** What clients of SockJS ask before they connect. Public: who connects is asked later. */
@ApiExcludeController()
@Controller({ path: 'rtm', version: VERSION_NEUTRAL })
export class SockJsController {
  @Get('info')
  async info(@Headers('origin') origin: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    if (origin !== undefined)
      reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
    await reply
      .header('content-type', 'application/json; charset=UTF-8')
      .send(
        JSON.stringify({ websocket: true, origins: ['*:*'], cookie_needed: false, entropy: randomInt(ENTROPY_MAX) }),
      );
  }
}
