import type { CompileContext } from '../compile/context.ts';
import { literalText } from '../core/sql-text.ts';
import type { Session } from '../store/session.ts';
import type { Value } from '../store/value.ts';
import { peopled } from './person.ts';
import type { Scope } from './question.ts';
import type { Source } from './scope.ts';

/** Where the rows of journeys are, on the connection that is asked. */
export interface Relation {
  /** Stored form, final and live rows. */
  readonly relation: string;
  readonly context: CompileContext;
}

/** Every text of a question becomes the id that events have for it: a question adds no symbols. */
export async function sourceFor(session: Session, { relation, context }: Relation, question: Scope): Promise<Source> {
  const texts = [...new Set(['purchase', ...textsIn(question)])];
  const rows = await session.rows(`SELECT id, text FROM symbol WHERE text IN (${texts.map(literalText).join(', ')})`);
  const ids = new Map(rows.map(({ id, text }) => [String(text), Number(id)]));
  const people = await peopled(session, relation, context, question.humans ?? false);
  return { ...people, context, symbol: (text) => ids.get(text) };
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Texts of symbols, by id. */
export async function textsOf(
  session: Session,
  ids: readonly (Value | undefined)[],
): Promise<ReadonlyMap<number, string>> {
  const known = [...new Set(ids)].filter((id) => id !== null && id !== undefined);
  if (known.length === 0) return new Map();
  const rows = await session.rows(`SELECT id, text FROM symbol WHERE id IN (${known.map(Number).join(', ')})`);
  return new Map(rows.map(({ id, text }) => [Number(id), String(text)]));
}
