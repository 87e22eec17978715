import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { formatInstant } from '../../core/time.ts';
import type { Account, Checked } from '../../store/access/accounts.ts';
import { SIGNED_IN_FOR } from '../../store/access/sign-ins.ts';
import { callerOf } from '../access.ts';
import { cookieFor, cookieOf, isSecure } from '../credentials.ts';
import { problems } from '../schema.ts';
import type { ServedShop } from '../served-shop.ts';
import { SignInLimits } from '../sign-in-limits.ts';

const password = z.string().max(1_000);
const name = z.string().max(200);
const signIn = z.object({ name, password });
const redeem = z.object({
  link: z.string().max(200).describe('what follows # in the link'),
  name: name.optional().describe('of the first administrator: whom other links are for is known'),
  password,
});
const change = z.object({ password, new_password: password });
const who = z.object({
  kind: z.enum(['key', 'person']),
  name: z.string(),
  role: z.string(),
  expires: z.string().nullable().describe('when somebody has to sign in again at the latest'),
});

/** `/v1/session`: people sign in with a password or a link, and out. */
export function sessionRoutes(app: FastifyInstance, { open, now }: ServedShop): void {
  const { accounts, signIns, links } = open.access;
  const limits = new SignInLimits();
  const tags = ['access'];
  const open_ = { access: 'public', sameOrigin: true, json: true } as const;

  app.post<{ Body: z.infer<typeof signIn> }>(
    '/v1/session',
    {
      config: { ...open_, audit: 'sign-in' },
      schema: {
        summary: 'Sign in',
        description: 'Sets a cookie that only this server is sent, and that no script can read.',
        tags,
        body: signIn,
        response: { 200: who, ...problems(400, 401, 403, 413, 415) },
      },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      const checked = await limits.attempt(request.ip, name, () => accounts.check(name, password));
      if (checked !== undefined) return welcome(request, reply, checked);
      // The name of somebody who exists, else nothing: people type passwords into the wrong field.
      const meant = accounts.list().find((each) => each.name.toLowerCase() === name.trim().toLowerCase());
      if (meant !== undefined) request.auditActor = actorOf(meant);
      throw new FootfallError('access.sign_in', {});
    },
  );
  app.post<{ Body: z.infer<typeof redeem> }>(
    '/v1/session/link',
    {
      config: { ...open_, audit: 'sign-in.link' },
      schema: {
        summary: 'Set a password by a one-time link, and sign in',
        tags,
        body: redeem,
        response: { 200: who, ...problems(400, 401, 403, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { link, name, password } = request.body;
      const given = { password, ...(name === undefined ? {} : { name }) };
      const account = await limits.attempt(request.ip, null, () => links.use(link, given, now()));
      if (account === undefined) throw new FootfallError('access.link', {});
      return welcome(request, reply, account);
    },
  );
  app.get(
    '/v1/session',
    {
      config: { access: 'known' },
      schema: { summary: 'Who is asking', tags, response: { 200: who, ...problems(401, 403) } },
    },
    async (request, reply) => {
      const { kind, name, role } = callerOf(request);
      const cookie = cookieOf(request);
      const found = kind === 'person' && cookie !== undefined ? signIns.find(cookie, now()) : undefined;
      reply.header('cache-control', 'no-store');
      return { kind, name, role, expires: found === undefined ? null : formatInstant(found.expires) };
    },
  );
  app.delete<{ Querystring: { everywhere?: 'true' } }>(
    '/v1/session',
    {
      config: { access: 'known', audit: 'sign-out' },
      schema: {
        summary: 'Sign out here, or everywhere',
        tags,
        querystring: z.object({ everywhere: z.literal('true').optional() }),
        response: { 204: z.null(), ...problems(400, 401, 403) },
      },
    },
    async (request, reply) => {
      const cookie = cookieOf(request);
      const account = personOf(request);
      if (request.query.everywhere === 'true') signIns.endAll(account);
      else if (cookie !== undefined) signIns.end(cookie);
      return reply
        .header('set-cookie', cookieFor(null, isSecure(request), 0))
        .code(204)
        .send();
    },
  );
  app.put<{ Body: z.infer<typeof change> }>(
    '/v1/session/password',
    {
      config: { access: 'known', json: true, audit: 'password' },
      schema: {
        summary: 'Change your own password',
        description: 'Signs you out at all other browsers.',
        tags,
        body: change,
        response: { 200: who, ...problems(400, 401, 403, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { password, new_password: next } = request.body;
      const { name } = personOf(request);
      const right = await limits.attempt(request.ip, name, () => accounts.check(name, password));
      if (right === undefined) throw new FootfallError('access.sign_in', {});
      return welcome(request, reply, await accounts.setPassword(name, next, right));
    },
  );

  /** @throws FootfallError `access.people` for a key */
  function personOf(request: FastifyRequest): Account {
    const { kind, name } = callerOf(request);
    if (kind !== 'person') throw new FootfallError('access.people', {});
    return accounts.get(name);
  }

  /** @throws FootfallError `access.sign_in` for somebody who was removed or given another password meanwhile */
  function welcome(request: FastifyRequest, reply: FastifyReply, known: Account | Checked): z.infer<typeof who> {
    const account = 'account' in known ? known.account : known;
    request.auditActor = actorOf(account);
    const secret = signIns.begin(known, now());
    const cookie = cookieFor(secret, isSecure(request), SIGNED_IN_FOR / 1e6);
    reply.headers({ 'set-cookie': cookie, 'cache-control': 'no-store' });
    const { name, role } = account;
    return { kind: 'person', name, role, expires: formatInstant(now() + SIGNED_IN_FOR) };
  }
}

const actorOf = ({ id, name, role }: Account) => ({ kind: 'person', id, name, role }) as const;
