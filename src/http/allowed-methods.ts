import { Injectable } from '@nestjs/common';
import { FastifyInstance } from 'fastify';

interface Route {
  method: string;
  pattern: RegExp;
}

/** Knows which verbs an address answers to, for 405. */
@Injectable()
export class AllowedMethods {
  private readonly routes: Route[] = [];

  /** Takes note of every route that is registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      if (url.includes('*')) return;
      const pattern = new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:[^/]+/g, '[^/]+')}/?$`);
      for (const verb of Array.isArray(method) ? method : [method]) this.routes.push({ method: verb, pattern });
    });
  }

  of(url: string): string[] {
    const path = url.split('?')[0]!;
    const verbs = this.routes.filter((route) => route.pattern.test(path)).map((route) => route.method);
    return [...new Set(verbs)].sort();
  }
}
