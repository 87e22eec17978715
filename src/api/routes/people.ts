import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { botProposals, changePeople, identityProposals, people } from '../../runtime/operations/people.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';
import { change } from './change.ts';

const MOST = 10_000;
const id = z.string().min(1).max(1_000);
const from = z.string().optional();
const since = from.describe('from this time on; else always');
const just = from.describe('just the one from this time on; else all of the visitor');
const many = <T extends z.ZodType>(row: T) => z.array(row).min(1).max(MOST);
const links = z.object({ links: many(z.object({ anonymous_id: id, user_id: id, from: since })) });
const unlinks = z.object({ links: many(z.object({ anonymous_id: id, from: just })) });
const marks = z.object({ marks: many(z.object({ visitor: id, from: since })) });
const unmarks = z.object({ marks: many(z.object({ visitor: id, from: just })) });

interface Said {
  readonly visitor: string;
  readonly user?: string | undefined;
  readonly from?: string | undefined;
}

const input = (says: 'same_as' | 'bot', withdrawn: boolean, rows: readonly Said[]) => ({
  says,
  withdrawn,
  rows: rows.map(({ visitor, user, from }) => ({
    visitor,
    ...(user === undefined ? {} : { user }),
    ...(from === undefined ? {} : { from }),
  })),
});
const linked = (
  links: readonly { readonly anonymous_id: string; readonly user_id?: string; readonly from?: string | undefined }[],
) => links.map(({ anonymous_id, user_id, from }) => ({ visitor: anonymous_id, user: user_id, from }));

/** Facts about visitors: who is whom, and who is a bot. */
export function peopleRoutes(app: FastifyInstance, service: ServedShop): void {
  const { open } = service;
  const tag = 'people';
  for (const [url, says, summary] of [
    ['/v1/identity', 'same_as', 'Links in force between visitors and users, and what has yet to follow'],
    ['/v1/bots', 'bot', 'Visitors that are marked as bots, and what has yet to follow'],
  ] as const)
    app.get(
      url,
      { config: { access: 'read' }, schema: { summary, tags: [tag], response: problems(401, 403) } },
      async () => people.run(open, { says }, () => undefined),
    );
  for (const [url, operation, summary] of [
    ['/v1/identity/proposals', identityProposals, 'Anonymous ids that were seen with just one user'],
    ['/v1/bots/proposals', botProposals, 'Visitors who behave as no human does, with reasons'],
  ] as const)
    app.get<{ Querystring: { limit: number } }>(
      url,
      {
        config: { access: 'analyst' },
        schema: {
          summary,
          tags: [tag],
          querystring: z.object({ limit: z.coerce.number().int().min(1).max(MOST).default(100) }),
          response: problems(400, 401, 403),
        },
      },
      async ({ query }) => operation.run(open, query, () => undefined),
    );
  const say = (
    url: string,
    name: string,
    summary: string,
    body: z.ZodType,
    inputOf: (body: unknown) => ReturnType<typeof input>,
  ): void => change(app, service, { url, summary, tag, name, queue: tag, body, inputOf }, changePeople);
  say('/v1/identity', 'link', 'Say that anonymous visitors are users', links, (body) =>
    input('same_as', false, linked((body as z.infer<typeof links>).links)),
  );
  say('/v1/identity/withdraw', 'unlink', 'Withdraw links', unlinks, (body) =>
    input('same_as', true, linked((body as z.infer<typeof unlinks>).links)),
  );
  say('/v1/bots', 'mark', 'Mark visitors as bots', marks, (body) =>
    input('bot', false, (body as z.infer<typeof marks>).marks),
  );
  say('/v1/bots/withdraw', 'unmark', 'Withdraw marks of bots', unmarks, (body) =>
    input('bot', true, (body as z.infer<typeof unmarks>).marks),
  );
}
