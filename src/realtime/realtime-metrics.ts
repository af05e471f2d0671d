import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../operations/metrics.js';
import { Connections } from './connections/connections.js';
import { Topics } from './connections/topics.js';

/** What the gateway tells Prometheus. */
@Injectable()
export class RealtimeMetrics {
  constructor({ registry }: Metrics, connections: Connections, topics: Topics) {
    const registers = [registry];
    new Gauge({
      name: 'realtime_connections',
      help: 'Connections of apps that this process holds',
      registers,
      collect() {
        this.set(connections.count);
      },
    });
    new Gauge({
      name: 'realtime_subscriptions',
      help: 'Topics that these connections listen to',
      registers,
      collect() {
        this.set(topics.count());
      },
    });
    new Counter({
      name: 'realtime_events_total',
      help: 'Events that were sent to connections, each time to one',
      registers,
      collect() {
        this.reset();
        this.inc(topics.sent);
      },
    });
    new Counter({
      name: 'realtime_slow_connections_total',
      help: 'Connections that were let go because they did not take what they were sent',
      registers,
      collect() {
        this.reset();
        this.inc(connections.slow);
      },
    });
  }
}
