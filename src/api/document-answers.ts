import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { problems } from './schema.ts';

const ANSWER = z.unknown().describe('what was asked for');
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Completes what routes document with what the layers before them may answer: addresses and headers that do not fit,
 * missing keys, bodies that are too large or of an unknown kind, and too much to do.
 */
export function documentAnswers(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { schema, config, method, url } = route;
    if (schema === undefined) return;
    const given = (schema.response ?? {}) as Readonly<Record<string, unknown>>;
    const takesBody = [method].flat().some((each) => !WITHOUT_BODY.has(each));
    const statuses = [
      ...[400, 503],
      ...(config?.access === 'public' ? [] : [401, 403]),
      ...(url.includes(':') ? [414] : []),
      ...(takesBody ? [413, 415] : []),
    ];
    const succeeds = Object.keys(given).some((status) => status < '400');
    route.schema = {
      ...schema,
      response: { ...(succeeds ? {} : { 200: ANSWER }), ...problems(...statuses), ...given },
    };
  });
}
