import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { canonical } from '../../../shop/vocabularies/canonical.ts';
import { ga4 } from '../../../shop/vocabularies/wire/ga4.ts';
import { gtagBody } from '../../../shop/vocabularies/wire/gtag.ts';
import { segment } from '../../../shop/vocabularies/wire/segment.ts';
import { shopify } from '../../../shop/vocabularies/wire/shopify.ts';
import { snowplow } from '../../../shop/vocabularies/wire/snowplow.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { Collected } from '../../runtime/collect/collector.ts';
import { JOURNAL } from '../../runtime/collect/journal-source.ts';
import { answerOf } from '../../runtime/collect/verdicts.ts';
import type { ParsedRequest } from '../../source/json-request.ts';
import type { WireForm } from '../../source/wire/wire-form.ts';
import { WireParser } from '../../source/wire/wire-parser.ts';
import { answer } from '../answer-schema.ts';
import { bytesOf } from '../body.ts';
import { answerWithVerdicts, collect } from '../collect.ts';
import { preflight } from '../cors.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const INGEST = { access: 'ingest', cors: true, keyAnywhere: true } as const;
const REFUSALS = problems(400, 401, 403, 413, 415, 422, 503);
const HEADERS = z.object({ 'idempotency-key': z.string().max(200).optional() });

/** Addresses of Segment's API, and the short ones that analytics.js uses. */
const SEGMENT_KINDS = ['track', 'page', 'screen', 'identify', 'alias', 'group', 'batch'] as const;
const SHORT = ['t', 'p', 's', 'i', 'a', 'g', 'b'] as const;

/** Where clients that are in use send to: Segment, GA4, Shopify, Snowplow, as they are. */
export function wireRoutes(app: FastifyInstance, shop: ServedShop): void {
  const parserOf = (form: WireForm): WireParser => new WireParser(form, canonical, JOURNAL);
  const take = (parser: WireParser, request: FastifyRequest, kind: string | null = null): Promise<Collected> =>
    collect(shop, { parse: (body, arrival) => parser.parse(body, arrival, kind) }, request);
  const withVerdicts = (url: string, parser: WireParser, summary: string, kind: string | null, hide = false): void => {
    preflight(app, url);
    app.post(
      url,
      {
        config: INGEST,
        schema: { hide, summary, tags: ['events'], headers: HEADERS, response: { 200: answer, ...REFUSALS } },
      },
      async (request, reply) => {
        return answerWithVerdicts(await take(parser, request, kind), reply);
      },
    );
  };

  const segmentParser = parserOf(segment);
  for (const [i, kind] of SEGMENT_KINDS.entries()) {
    withVerdicts(`/v1/${kind}`, segmentParser, `Send Segment messages (${kind})`, kind === 'batch' ? null : kind);
    withVerdicts(`/v1/${SHORT[i]}`, segmentParser, `As /v1/${kind}`, kind === 'batch' ? null : kind, true);
  }
  withVerdicts('/v1/shopify', parserOf(shopify), 'Send events of a Shopify web pixel', null);
  withVerdicts('/com.snowplowanalytics.snowplow/tp2', parserOf(snowplow), 'Send Snowplow events', null);

  const ga4Parser = parserOf(ga4);
  const asked = z.object({
    api_secret: z.string().optional().describe('an ingest key'),
    measurement_id: z.string().optional(),
  });
  preflight(app, '/mp/collect');
  app.post(
    '/mp/collect',
    {
      config: INGEST,
      schema: {
        summary: 'Send events by the GA4 Measurement Protocol',
        description: 'Answers as GA4 does, with nothing; /debug/mp/collect says what would become of the events.',
        tags: ['events'],
        querystring: asked,
        headers: HEADERS,
        response: { 204: z.null(), ...REFUSALS },
      },
    },
    async (request, reply) => {
      await take(ga4Parser, request);
      return reply.code(204).send();
    },
  );
  preflight(app, '/debug/mp/collect');
  app.post(
    '/debug/mp/collect',
    {
      config: INGEST,
      schema: {
        summary: 'Try events of the GA4 Measurement Protocol: verdicts, and nothing is kept',
        tags: ['events'],
        querystring: asked,
        response: { 200: answer, ...REFUSALS },
      },
    },
    async (request) => {
      const parsed = ga4Parser.parse(bytesOf(request.body), shop.now());
      if (parsed === null) throw new FootfallError('request.json', {});
      return answerOf(parsed);
    },
  );
  preflight(app, '/k/:key/g/collect');
  app.route<{ Params: { key: string } }>({
    method: ['GET', 'POST'],
    url: '/k/:key/g/collect',
    config: INGEST,
    schema: {
      summary: 'Send events by gtag.js, with server_container_url https://SERVER/k/KEY',
      tags: ['events'],
      params: z.object({ key: z.string().describe('an ingest key') }),
      response: { 204: z.null(), ...REFUSALS },
    },
    handler: async (request, reply) => {
      const query = request.url.slice(request.url.indexOf('?') + 1);
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      const parse = (lines: Uint8Array, arrival: EpochMicros): ParsedRequest | null =>
        ga4Parser.read(gtagBody(query, new TextDecoder().decode(lines)), arrival);
      await collect(shop, { parse }, request, body);
      return reply.code(204).send();
    },
  });
}
