import type { FastifyReply, FastifyRequest } from 'fastify';
import { channelOf } from '../../shop/channel.ts';
import type { Collected } from '../runtime/collect/collector.ts';
import type { ParsedRequest, RequestParser } from '../source/json-request.ts';
import { completeOrigin, type Origin } from '../source/wire/complete-origin.ts';
import { bytesOf } from './body.ts';
import type { ServedShop } from './served-shop.ts';

/** Takes a request's events in, each with channel and country where it brings none. */
export function collect(
  { collector, now, ...countries }: ServedShop,
  parser: RequestParser,
  request: FastifyRequest,
  body: Uint8Array = bytesOf(request.body),
): Promise<Collected> {
  const given = request.headers['idempotency-key'];
  const country = senderCountry(request, countries);
  return collector.collect(
    { parse: (body, arrival) => withOrigin(parser.parse(body, arrival), country) },
    {
      body,
      arrival: now(),
      ...(given === undefined ? {} : { idempotencyKey: `${request.caller?.id}/${String(given)}` }),
    },
  );
}

/** Answers with verdicts: the text is what the journal keeps for the same key, and is sent as it is. */
export const answerWithVerdicts = ({ text, replayed }: Collected, reply: FastifyReply): FastifyReply => {
  if (replayed) reply.header('idempotency-replayed', 'true');
  return reply.type('application/json').serializer(String).send(text);
};

/** A parsed request with channel and country where its events bring none. */
const withOrigin = (parsed: ParsedRequest | null, country: string | null): ParsedRequest | null =>
  parsed === null ? null : { ...parsed, batch: completeOrigin(parsed.batch, arrivalChannel, country) };

/** Going from page to page within the shop brings nobody to it: the last channel of a session would be `internal`. */
function arrivalChannel(origin: Origin): string | null {
  const channel = channelOf(origin);
  return channel === 'internal' ? null : channel;
}

/**
 * The country that the sender is in: as a proxy says it, else that of the address, which is not kept. Only of browsers: a
 * server that sends is in a country, too, which is not that of its visitors.
 */
function senderCountry(
  { headers, ip }: FastifyRequest,
  { countryHeader, countryOf }: Pick<ServedShop, 'countryHeader' | 'countryOf'>,
): string | null {
  if (headers.origin === undefined && headers['sec-fetch-site'] === undefined) return null;
  const country = countryHeader === null ? '' : String(headers[countryHeader] ?? '').toUpperCase();
  return /^[A-Z]{2}$/.test(country) && country !== 'XX' ? country : countryOf(ip);
}
