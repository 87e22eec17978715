import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ROLES, type Role } from '../../../src/core/role.ts';
import type { ApiRoute } from './api-document.ts';
import { eventBodies } from './event-bodies.ts';
import { HOSTILE_TEXTS } from './hostile-values.ts';
import { almost } from './mutate.ts';
import type { RawRequest } from './raw-request.ts';
import { valuesOf } from './schema-arbitrary.ts';

/** A request to be sent, by somebody. */
export interface Case extends RawRequest {
  /** Absent: it shows no key. */
  readonly as?: Role;
  /** Where the document tells of it; absent: nowhere. */
  readonly route?: ApiRoute;
}

/** What a header may hold at all. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
const HEADER_TEXTS = HOSTILE_TEXTS.filter((text) => SENDABLE.test(text));
const HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cookie',
  'forwarded',
  'if-match',
  'if-none-match',
  'idempotency-key',
  'last-event-id',
  'origin',
  'range',
  'referer',
  'x-forwarded-for',
  'x-http-method-override',
  'x-request-id',
];
const TYPES = ['application/json', 'application/x-ndjson', 'text/plain', 'text/csv', 'multipart/form-data', 'x', ''];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'LOCK'];

const hostileText = fc.constantFrom(...HOSTILE_TEXTS);
const often = <T>(usual: fc.Arbitrary<T>, weight: number, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: unusual });

/** In an address; sometimes as it is, and then it is cut where an address cannot go on. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
const unencoded = (text: string): string => text.replace(/[^\x21-\x7e]|[#?&/]/g, '');
const inAddress = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  often(texts.map(encoded), 9, texts.map(unencoded));

/** Requests to a documented route: right, almost right and wrong ones. */
export function requestsTo(route: ApiRoute, words: readonly string[]): fc.Arbitrary<Case> {
  const { parameters = [], requestBody, method } = route;
  const inQuery = parameters.filter((each) => each.in === 'query');
  const text = (schema: Parameters<typeof valuesOf>[0]) => often(valuesOf(schema, words).map(String), 3, hostileText);
  const path = fc
    .tuple(
      ...route.path.split('/').map((part) => {
        const name = /^\{(.+)\}$/.exec(part)?.[1];
        const said = parameters.find((each) => each.in === 'path' && each.name === name);
        return name === undefined ? fc.constant(part) : inAddress(text(said?.schema ?? { type: 'string' }));
      }),
    )
    .map((parts) => parts.join('/'));
  const asked = inQuery.map(({ name, schema, required }) =>
    fc.option(
      inAddress(text(schema)).map((value) => `${name}=${value}`),
      { nil: '', freq: required === true ? 20 : 1 },
    ),
  );
  const more = fc.oneof(
    { weight: 6, arbitrary: fc.constant('') },
    fc.constantFrom('a=b', '&', '=', '%', 'a[]=1', '__proto__=1', ...inQuery.map(({ name }) => `${name}=1&${name}=2`)),
  );
  const query = fc.tuple(...asked, more).map((parts) => parts.filter((part) => part !== '').join('&'));
  const schema = requestBody?.content?.['application/json']?.schema;
  const json =
    schema === undefined ? eventBodies(words) : often(valuesOf(schema, words), 2, almost(valuesOf(schema, words)));
  return fc
    .record({
      as: often(fc.constantFrom<Role>('admin', ...rolesOf(route)), 12, fc.constantFrom(undefined, ...ROLES)),
      path,
      query,
      headers: often(fc.constant({}), 3, headers),
      body: method === 'GET' ? fc.constant(null) : bodies(json),
    })
    .map(({ as, path: at, query: asking, headers: own, body }) => ({
      ...(as === undefined ? {} : { as }),
      route,
      method,
      path: asking === '' ? at : `${at}?${asking}`,
      headers: { ...body?.headers, ...own },
      body: body?.bytes ?? null,
    }));
}

const rolesOf = ({ 'x-role': role }: ApiRoute): readonly Role[] => ROLES.filter((each) => each === role);

const headers = fc.dictionary(fc.constantFrom(...HEADERS), fc.constantFrom(...HEADER_TEXTS), { maxKeys: 2 });

interface Body {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** JSON, mostly; cut, packed, or called something else. */
function bodies(values: fc.Arbitrary<unknown>): fc.Arbitrary<Body | null> {
  const typed = (bytes: Uint8Array, type = 'application/json', more = {}): Body => ({
    bytes,
    headers: { ...(type === '' ? {} : { 'content-type': type }), ...more },
  });
  const plain = values.map((value) => Buffer.from(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')));
  return fc.oneof(
    { weight: 20, arbitrary: plain.map((bytes) => typed(bytes)) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => typed(bytes)) },
    {
      weight: 2,
      arbitrary: fc.tuple(plain, fc.nat()).map(([bytes, at]) => typed(bytes.subarray(0, at % (bytes.length + 1)))),
    },
    { weight: 1, arbitrary: fc.tuple(plain, fc.constantFrom(...TYPES)).map(([bytes, type]) => typed(bytes, type)) },
    { weight: 1, arbitrary: plain.map((bytes) => typed(gzipSync(bytes), undefined, { 'content-encoding': 'gzip' })) },
    {
      weight: 1,
      arbitrary: plain.map((bytes) => typed(brotliCompressSync(bytes), undefined, { 'content-encoding': 'br' })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(plain, fc.constantFrom('gzip', 'br', 'zstd', 'deflate', 'gzip, gzip', 'compress', ''))
        .map(([bytes, coding]) => typed(bytes, undefined, { 'content-encoding': coding })),
    },
  );
}

/** Requests that the document does not tell of: other methods, other paths. */
export function requestsElsewhere(routes: readonly ApiRoute[]): fc.Arbitrary<Case> {
  const known = routes.map(({ path }) => path.replace(/\{\w+\}/g, 'x'));
  const near = fc
    .tuple(fc.constantFrom(...known), inAddress(hostileText), fc.nat())
    .map(([path, text, at]) => `${path.slice(0, 1 + (at % path.length))}${text}${path.slice(1 + (at % path.length))}`);
  return fc
    .record({
      method: fc.constantFrom(...METHODS),
      path: fc.oneof(
        fc.constantFrom(...known),
        near,
        inAddress(hostileText).map((text) => `/${text}`),
      ),
      as: fc.constantFrom(undefined, ...ROLES),
      headers: often(fc.constant({}), 3, headers),
      body: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, bodies(fc.jsonValue())),
    })
    .filter(({ method, path }) => !routes.some((route) => route.method === method && fits(route.path, path)))
    .map(({ as, body, headers: own, ...rest }) => ({
      ...rest,
      ...(as === undefined ? {} : { as }),
      headers: { ...body?.headers, ...own },
      body: body?.bytes ?? null,
    }));
}

/** @example fits('/v1/views/{name}', '/v1/views/x?a=b') // true */
const fits = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`).test(path.split('?', 1)[0] ?? '');
