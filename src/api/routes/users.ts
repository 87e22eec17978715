import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatInstant } from '../../core/time.ts';
import { SIGN_IN } from '../../runtime/access/sign-in-path.ts';
import type { Account, AccountRole } from '../../store/access/accounts.ts';
import { callerOf } from '../access.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';

const name = z.string().max(200);
const role = z.enum(['read', 'analyst', 'admin']);
const account = z.object({
  name: z.string(),
  role,
  created: z.string(),
  signed_in: z.string().nullable().describe('when they last signed in'),
  has_password: z.boolean().describe('false until they used their link'),
});
const invited = account.extend({
  link: z.string().describe('address under which they set a password, once and within a day; shown this once'),
});
const one = z.object({ name });

/** `/v1/users`: the people who sign in, for administrators. */
export function userRoutes(app: FastifyInstance, { open, now }: ServedShop): void {
  const { accounts, links } = open.access;
  const tags = ['access'];
  const linkFor = (who: Account): string => `${SIGN_IN}#${links.make(who, now())}`;

  app.get(
    '/v1/users',
    {
      config: { access: 'admin' },
      schema: { summary: 'People who sign in', tags, response: { 200: z.array(account), ...problems(401, 403) } },
    },
    async () => accounts.list().map(shown),
  );
  app.post<{ Body: { name: string; role: AccountRole } }>(
    '/v1/users',
    {
      config: { access: 'admin', json: true, audit: 'user.add' },
      schema: {
        summary: 'Let somebody in: they set their password by a link',
        tags,
        body: z.object({ name, role }),
        response: { 201: invited, ...problems(400, 401, 403, 409, 413, 415) },
      },
    },
    async (request, reply) => {
      request.auditDetails = { role: request.body.role };
      const added = accounts.add(request.body, now());
      request.auditDetails = { user: added.name, role: added.role };
      return reply
        .header('cache-control', 'no-store')
        .code(201)
        .send({ ...shown(added), link: linkFor(added) });
    },
  );
  app.patch<{ Params: { name: string }; Body: { role: AccountRole } }>(
    '/v1/users/:name',
    {
      config: { access: 'admin', json: true, audit: 'user.role' },
      schema: {
        summary: "Change somebody's role, from their next request on",
        tags,
        params: one,
        body: z.object({ role }),
        response: { 200: account, ...problems(400, 401, 403, 404, 409, 413, 415) },
      },
    },
    async (request) => {
      const { name: user } = accounts.get(request.params.name);
      request.auditDetails = { user, role: request.body.role };
      return shown(accounts.setRole(user, request.body.role));
    },
  );
  app.post<{ Params: { name: string } }>(
    '/v1/users/:name/reset',
    {
      config: { access: 'admin', audit: 'user.reset' },
      schema: {
        summary: "End somebody's password, sign them out, and make a link by which they set another",
        tags,
        params: one,
        response: { 200: invited, ...problems(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      const found = accounts.dropPassword(request.params.name);
      request.auditDetails = { user: found.name };
      return reply.header('cache-control', 'no-store').send({ ...shown(found), link: linkFor(found) });
    },
  );
  app.delete<{ Params: { name: string } }>(
    '/v1/users/:name',
    {
      config: { access: 'admin', audit: 'user.remove' },
      schema: {
        summary: 'Remove somebody, and sign them out',
        tags,
        params: one,
        response: { 204: z.null(), ...problems(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const { name: user } = accounts.get(request.params.name);
      request.auditDetails = { user, by: callerOf(request).name };
      accounts.remove(user);
      return reply.code(204).send();
    },
  );
}

const shown = ({ name, role, created, signedIn, hasPassword }: Account): z.infer<typeof account> => ({
  name,
  role,
  created: formatInstant(created),
  signed_in: signedIn === null ? null : formatInstant(signedIn),
  has_password: hasPassword,
});
