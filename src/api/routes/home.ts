import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SIGN_IN } from '../../runtime/access/sign-in-path.ts';
import { demoSnapshot } from '../../runtime/demo-snapshot.ts';
import type { ServedShop } from '../served-shop.ts';

/** All that the pages at `/` and where people sign in consist of. */
const FILES = {
  '/': ['home.html', 'text/html; charset=utf-8'],
  [SIGN_IN]: ['sign-in.html', 'text/html; charset=utf-8'],
  '/home/sign-in.css': ['sign-in.css', 'text/css; charset=utf-8'],
  '/home/sign-in.js': ['sign-in.js', 'text/javascript; charset=utf-8'],
  '/home/home.css': ['home.css', 'text/css; charset=utf-8'],
  '/home/home.js': ['home.js', 'text/javascript; charset=utf-8'],
  '/home/mark.svg': ['mark.svg', 'image/svg+xml'],
} as const;

const HEADERS = { 'cache-control': 'no-cache' };

/** What is told of a made-up shop is read so often at most, however many look. */
const KEEP = 1_000;

const demo = z.union([
  z.object({
    demo: z.literal(true),
    events: z.number(),
    open_sessions: z.number(),
    last_event_time: z.string().nullable(),
  }),
  z.object({ demo: z.literal(false) }),
]);

/** `GET /`: that the shop is served, and how it is used; `GET /v1/demo`: a few figures where they are of nobody. */
export function homeRoutes(app: FastifyInstance, served: ServedShop): void {
  for (const [url, [name, type]] of Object.entries(FILES)) {
    const bytes = readFileSync(new URL(`../home/${name}`, import.meta.url));
    app.get(url, { config: { access: 'public', limit: 'none' }, schema: { hide: true } }, async (_request, reply) =>
      reply.headers(HEADERS).type(type).send(bytes),
    );
  }
  const figures = figuresOf(served);
  app.get(
    '/v1/demo',
    {
      config: { quiet: true, access: 'public' },
      schema: {
        summary: 'Figures of the made-up shop',
        description: 'Where a real shop is served, they are told to nobody without a key.',
        tags: ['health'],
        response: { 200: demo },
      },
    },
    async () => (served.demo ? { demo: true as const, ...(await figures()) } : { demo: false as const }),
  );
}

interface Figures {
  readonly events: number;
  readonly open_sessions: number;
  readonly last_event_time: string | null;
}

function figuresOf({ open }: ServedShop): () => Promise<Figures> {
  let kept: { readonly until: number; readonly figures: Promise<Figures> } | undefined;
  const read = async (): Promise<Figures> => {
    const { status, sessions } = await demoSnapshot(open);
    return { events: status.events, open_sessions: sessions.active, last_event_time: status.last_event_time };
  };
  return () => {
    const now = performance.now();
    if (kept === undefined || kept.until <= now) kept = { until: now + KEEP, figures: read() };
    return kept.figures;
  };
}
