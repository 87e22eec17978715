import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { drained } from '../../runtime/drained.ts';
import type { Operation } from '../../runtime/operation.ts';
import type { Access } from '../access.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

interface Ask {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly access: Access;
  readonly summary: string;
  readonly tag: string;
  readonly description?: string;
}

type Params = Readonly<Record<string, string>>;

/**
 * Puts an operation behind a route: what the path and the query say, or the body does, is its input.
 * @example ask(app, service, { method: 'GET', url: '/v1/sources', ... }, sources)
 */
export function ask<Input, Part, Output>(
  app: FastifyInstance,
  { open }: ServedShop,
  { method, url, access, summary, tag, description }: Ask,
  operation: Operation<Input, Part, Output>,
): void {
  const inputs = { [method === 'GET' ? 'querystring' : 'body']: operation.input };
  app.route({
    method,
    url,
    config: { access, json: method === 'POST' },
    schema: {
      summary,
      tags: [tag],
      ...(description === undefined ? {} : { description }),
      ...inputs,
      response: problems(400, 401, 403, 404),
    },
    handler: async ({ query, body }) => {
      const parts: Part[] = [];
      const given = (method === 'GET' ? query : body) as Input;
      const output = await operation.run(open, given, (part) => void parts.push(part));
      return parts.length === 0 ? output : { ...output, parts };
    },
  });
}

/**
 * Puts an operation with a long answer behind a route: a JSON line for each piece, written as fast as they are read.
 * @param inputOf from path and query
 * @param linesOf the lines of a part
 */
export function askLines<Input, Part, Output>(
  app: FastifyInstance,
  { open }: ServedShop,
  { url, access, summary, tag, description, querystring }: Omit<Ask, 'method'> & { readonly querystring: z.ZodType },
  operation: Operation<Input, Part, Output>,
  inputOf: (params: Params, query: unknown) => Input,
  linesOf: (part: Part) => readonly unknown[],
): void {
  app.get(
    url,
    {
      config: { access },
      schema: {
        summary,
        tags: [tag],
        ...(description === undefined ? {} : { description }),
        querystring,
        response: problems(400, 401, 403, 404),
      },
    },
    async ({ params, query }, reply) => {
      const { raw } = reply;
      const write = async (lines: readonly unknown[]): Promise<void> => {
        if (lines.length === 0) return;
        // Nothing is sent before the first part: until then an error has its status.
        if (!raw.headersSent) {
          reply.hijack();
          raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
        }
        if (!raw.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))) await drained(raw);
        if (raw.destroyed) throw new Error('nobody reads any more');
      };
      try {
        const output = await operation.run(open, inputOf(params as Params, query), (part) => write(linesOf(part)));
        await write([output]);
        raw.end();
      } catch (error) {
        if (!raw.headersSent) throw error;
        // A line that is missing at the end tells that the answer is not whole.
        raw.destroy();
      }
    },
  );
}
