import { onResponseHookHandler } from 'fastify';

/** A line for each request at the level debug. Without the query: it holds names of people. */
export const accessLog: onResponseHookHandler = (request, reply, done) => {
  if (request.log.level === 'debug' || request.log.level === 'trace')
    request.log.debug(
      {
        reqId: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      },
      'answered',
    );
  done();
};
