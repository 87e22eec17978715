import { z } from 'zod';
import type { Role } from '../../../src/core/role.ts';
import type { JsonSchema } from './schema-arbitrary.ts';

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

/** What the document says of a method of a path. */
export interface ApiOperation {
  readonly 'x-role': Role | 'known' | 'public';
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

/** An operation with where it is. */
export interface ApiRoute extends ApiOperation {
  readonly method: string;
  readonly path: string;
}

export const routesOf = ({ paths }: ApiDocument): readonly ApiRoute[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** The answer was left while it was still coming. */
  readonly cut: boolean;
}

const schemas = new WeakMap<object, z.ZodType>();

/** Whether an answer is one that the document tells of; else, why not. */
export function undocumented(route: ApiRoute, { status, type, text, cut }: Answer): string | null {
  const said = route.responses[String(status)];
  if (said === undefined) return `${status} is not documented, only ${Object.keys(route.responses).join(', ')}`;
  if (said.content === undefined) return text === '' ? null : `${status} has a body`;
  const isProblem = type.startsWith('application/problem+json');
  if (status >= 400 && !isProblem && said.content['application/json'] === undefined) return `${status} is ${type}`;
  const schema = (said.content[type.split(';', 1)[0] ?? ''] ?? said.content['application/json'])?.schema;
  if (schema === undefined || !/\bjson\b/.test(type) || cut || /ndjson/.test(type)) return null;
  return unlike(schema, text);
}

/** What an answer to no documented route has to be. */
export const problemOf = (route: ApiRoute | undefined): JsonSchema | undefined =>
  route?.responses['401']?.content?.['application/json']?.schema;

export function unlike(schema: JsonSchema, text: string): string | null {
  const known = schemas.get(schema) ?? z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  schemas.set(schema, known);
  try {
    const { error } = known.safeParse(JSON.parse(text));
    return error === undefined ? null : error.message;
  } catch (error) {
    return `it is no JSON: ${String(error)}`;
  }
}
