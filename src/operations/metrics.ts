import { Injectable } from '@nestjs/common';
import { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { LIMITED, RefusalCounts } from '../limits/refusal-counts.js';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the server tells Prometheus. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });

  private readonly known = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();

  constructor(refusals: RefusalCounts) {
    collectDefaultMetrics({ register: this.registry });
    new Counter({
      name: 'limited_requests_total',
      help: 'Requests that were refused because of a limit: of requests, of failed credentials, or a quota',
      labelNames: ['limit'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const limit of LIMITED) this.inc({ limit }, refusals.of(limit));
      },
    });
  }

  watch(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', (request, reply, done) => {
      this.duration(request.method, request.routeOptions.url ?? 'unknown', reply.statusCode).observe(
        reply.elapsedTime / 1000,
      );
      done();
    });
  }

  /** Looked up once: the library puts the labels in order, and makes a key of them, each time it is given them. */
  private duration(method: string, route: string, status: number): Histogram.Internal<'method' | 'route' | 'status'> {
    const key = `${method} ${route} ${status}`;
    let known = this.known.get(key);
    if (!known) {
      known = this.durations.labels({ method, route, status });
      this.known.set(key, known);
    }
    return known;
  }
}
