import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ROLES, type Role } from '../../core/role.ts';
import { days, formatInstant, hours } from '../../core/time.ts';
import { type ApiKey, type CreatedApiKey, recognisable } from '../../store/api-keys.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const role = z.enum(ROLES);
const key = z.object({
  id: z.string(),
  name: z.string(),
  role,
  prefix: z.string().describe('its beginning, by which it is recognised'),
  created: z.string(),
  expires: z.string().nullable(),
  revoked: z.string().nullable(),
});
const made = z.object({
  key: z.string().describe('shown this once'),
  id: z.string(),
  prefix: z.string(),
  expires: z.string().nullable().describe('when it ends by itself'),
});
const wanted = z.object({
  name: z.string().trim().min(1).max(200),
  role,
  expires_in_days: z.int().min(1).max(36_500).optional().describe('it ends by itself after this'),
});
const rotation = z.object({
  overlap_hours: z.int().min(0).max(720).default(0).describe('how long the former key is still valid'),
});
const one = z.object({ id: z.string().max(200).describe('id or beginning of the key') });

/** `/v1/keys`: what programs show, for administrators. */
export function keyRoutes(app: FastifyInstance, { open, now }: ServedShop): void {
  const { keys } = open.access;
  const tags = ['access'];
  app.get(
    '/v1/keys',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'All keys, without what would let anybody use them',
        tags,
        response: { 200: z.array(key), ...problems(401, 403) },
      },
    },
    async () => keys.list().map(shown),
  );
  app.post<{ Body: { name: string; role: Role; expires_in_days?: number } }>(
    '/v1/keys',
    {
      config: { access: 'admin', json: true, audit: 'key.create' },
      schema: {
        summary: 'Make a key: it is shown once',
        tags,
        body: wanted,
        response: { 201: made, ...problems(400, 401, 403, 413, 415) },
      },
    },
    async (request, reply) => {
      const { name, role, expires_in_days: life } = request.body;
      const expires = life === undefined ? {} : { expires: now() + days(life) };
      const created = keys.create({ name, role, ...expires }, now());
      request.auditDetails = { key: created.id, name, role };
      return reply.header('cache-control', 'no-store').code(201).send(told(created));
    },
  );
  app.post<{ Params: { id: string }; Body: { overlap_hours: number } }>(
    '/v1/keys/:id/rotate',
    {
      config: { access: 'admin', json: true, audit: 'key.rotate' },
      schema: {
        summary: 'Another key in place of one, with the same name, role and expiry',
        tags,
        params: one,
        body: rotation,
        response: { 201: made, ...problems(400, 401, 403, 404, 413, 415) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const created = keys.rotate(id, hours(request.body.overlap_hours), now());
      request.auditDetails = { former: recognisable(id), key: created.id };
      return reply.header('cache-control', 'no-store').code(201).send(told(created));
    },
  );
  app.delete<{ Params: { id: string } }>(
    '/v1/keys/:id',
    {
      config: { access: 'admin', audit: 'key.revoke' },
      schema: {
        summary: 'End a key: what is under way with it is cut off within a second',
        tags,
        params: one,
        response: { 204: z.null(), ...problems(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      keys.revoke(id, now());
      request.auditDetails = { key: recognisable(id) };
      return reply.code(204).send();
    },
  );
}

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
const shown = ({ created, expires, revoked, ...key }: ApiKey) => ({
  ...key,
  created: formatInstant(created),
  expires: instant(expires),
  revoked: instant(revoked),
});
const told = (made: CreatedApiKey) => ({ ...made, expires: instant(made.expires) });
