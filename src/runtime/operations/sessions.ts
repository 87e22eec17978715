import { z } from 'zod';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Reading } from '../../engine/read.ts';
import { TOUCHES } from '../../journey/question.ts';
import { type SessionChoice, STEPS, sessionsSql } from '../../journey/sessions.ts';
import type { Json } from '../../store/value.ts';
import { operation } from '../operation.ts';
import { askSessions } from '../people/ask-sessions.ts';
import { sessionTimeline } from '../people/session-timeline.ts';
import { type Page, readPage } from '../rows/page.ts';
import { typesOf } from '../rows/view-columns.ts';
import { instantIn } from '../rows/zoned-time.ts';

const step = z.enum(Object.keys(STEPS) as [keyof typeof STEPS]);
const touch = z.string().optional().describe('of the first event that has one; empty: no event has');

/** Which sessions, and which page of them. */
export const sessionsInput = z.object({
  from: z.string().optional().describe('sessions that began at or after this'),
  to: z.string().optional().describe('sessions that began before this'),
  has: z.array(step).optional().describe('sessions with a view, a cart add, a purchase'),
  without: z.array(step).optional().describe('sessions without them'),
  live: z.boolean().optional().describe('that may still go on, or are over'),
  ...{ channel: touch, country: touch, device: touch, utm_source: touch },
  visitor: z.string().optional(),
  person: z.string().optional().describe('of all visitors that are this person'),
  limit: z.int().min(1).max(10_000),
  cursor: z.string().optional(),
});

export type SessionsInput = z.infer<typeof sessionsInput>;

/** Sessions, the latest first, a page at a time. */
export const sessions = operation<SessionsInput, never, Page>({
  input: sessionsInput,
  run: ({ counter }, asked) => counter.ask([], (reading) => sessionsPage(reading, asked)),
});

/** @throws FootfallError `cli.usage` for a time that is none, `query.page` */
export async function sessionsPage(reading: Reading, asked: SessionsInput): Promise<Page> {
  const choice = choiceOf(asked);
  const { source } = await askSessions(reading, choice);
  const sql = `(${sessionsSql(choice, source)})`;
  const columns = await typesOf(reading.database, sql);
  const order = [
    { name: 'session_start', descending: true },
    { name: 'session_id', descending: false },
    { name: 'visitor', descending: false },
  ];
  const shown = columns.map(({ name }) => name);
  return readPage(reading.database, { sql, columns, order, shown }, asked.limit, asked.cursor);
}

function choiceOf({ from, to, has, without, live, visitor, person, ...asked }: SessionsInput): SessionChoice {
  const touches = TOUCHES.flatMap((name) => {
    const value = asked[name];
    return value === undefined ? [] : [[name, value === '' ? null : value] as const];
  });
  return {
    ...(from === undefined ? {} : { from: instantIn(from, '--from', 'UTC') }),
    ...(to === undefined ? {} : { to: instantIn(to, '--to', 'UTC') }),
    ...(has === undefined ? {} : { has }),
    ...(without === undefined ? {} : { hasNot: without }),
    ...(live === undefined ? {} : { live }),
    ...(visitor === undefined ? {} : { visitor }),
    ...(person === undefined ? {} : { person }),
    touches: Object.fromEntries(touches),
  };
}

const oneInput = z.object({
  id: z.string(),
  /** Where a session id is of several visitors. */
  visitor: z.string().optional(),
  limit: z.int().min(1).max(10_000),
  cursor: z.string().optional(),
});

export interface SessionStory {
  readonly session: Readonly<Record<string, Json>>;
  readonly events: readonly Readonly<Record<string, Json>>[];
  readonly next: string | null;
}

/** One session with its events, each with the time since the first and the cart after it. */
export const session = operation<z.infer<typeof oneInput>, never, SessionStory>({
  input: oneInput,
  run: ({ counter }, asked) => counter.ask([], (reading) => sessionStory(reading, asked)),
});

/** @throws FootfallError `session.unknown`, `session.several` */
export async function sessionStory(reading: Reading, asked: z.infer<typeof oneInput>): Promise<SessionStory> {
  const { view, source } = await askSessions(reading);
  const choice = { session: asked.id, ...(asked.visitor === undefined ? {} : { visitor: asked.visitor }) };
  const found = await reading.database.jsonRows(
    `SELECT * FROM (${sessionsSql(choice, source)}) ORDER BY visitor LIMIT 10`,
  );
  const [own] = found;
  if (own === undefined) throw new FootfallError('session.unknown', { session: asked.id });
  if (found.length > 1) {
    const visitors = found.map(({ visitor }) => visitor ?? 'nobody').join(', ');
    throw new FootfallError('session.several', { session: asked.id, visitors });
  }
  return { session: own, ...(await sessionTimeline(reading, view, own, asked.limit, asked.cursor)) };
}
