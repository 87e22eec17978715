import { z } from 'zod';
import { visitorSql, visitorWidth } from '../../compile/context.ts';
import { inSessions } from '../../compile/events.ts';
import { BOT, LINK } from '../../compile/human.ts';
import { projected } from '../../compile/present.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import type { Reading } from '../../engine/read.ts';
import { symbolSql } from '../../journey/scope.ts';
import { sessionsSql } from '../../journey/sessions.ts';
import type { Json } from '../../store/value.ts';
import { operation } from '../operation.ts';
import { type AskedSessions, askSessions } from '../people/ask-sessions.ts';
import { timelineView } from '../people/timeline-view.ts';
import { type Page, readPage } from '../rows/page.ts';
import { typesOf } from '../rows/view-columns.ts';

type Fields = Readonly<Record<string, Json>>;

const paged = { limit: z.int().min(1).max(10_000), cursor: z.string().optional() };
export const personsInput = z.object({
  search: z.string().optional().describe('the beginning of the id of a person, or of a visitor that is one'),
  ...paged,
});

/** Sums over sessions, by person. */
const SUMS =
  'count(*) AS sessions, sum(events)::BIGINT AS events, sum(purchases)::BIGINT AS purchases, sum(revenue) AS revenue, min(session_start) AS first_seen, max(session_end) AS last_seen';

/** People, by their ids, with what they did. */
export const persons = operation<z.infer<typeof personsInput>, never, Page>({
  input: personsInput,
  run: ({ counter }, asked) => counter.ask([], (reading) => personsPage(reading, asked)),
});

export async function personsPage(reading: Reading, asked: z.infer<typeof personsInput>): Promise<Page> {
  const { source } = await askSessions(reading);
  const all = sessionsSql({}, source);
  const begins = (column: string): string => `starts_with(${column}, ${literalText(asked.search ?? '')})`;
  const meant =
    asked.search === undefined
      ? ''
      : ` AND person IN (SELECT person FROM (${all}) WHERE ${begins('person')} OR ${begins('visitor')})`;
  const sql = `(SELECT person, ${SUMS}, count(DISTINCT visitor) AS visitors FROM (${all}) WHERE person IS NOT NULL${meant} GROUP BY person)`;
  const columns = await typesOf(reading.database, sql);
  const shown = columns.map(({ name }) => name);
  const order = [{ name: 'person', descending: false }];
  return readPage(reading.database, { sql, columns, order, shown }, asked.limit, asked.cursor);
}

export interface PersonReport {
  readonly person: string;
  /** Sums over all of their sessions. */
  readonly sessions: Json;
  readonly events: Json;
  readonly purchases: Json;
  /** Distinct order ids, else purchase events. */
  readonly orders: Json;
  readonly revenue: Json;
  readonly first_seen: Json;
  readonly last_seen: Json;
  /** The ids under which they came. */
  readonly visitors: readonly Fields[];
  /** What was said of these ids: links, and marks of bots, each with the time from which it holds; null: always. */
  readonly links: readonly Fields[];
  readonly bots: readonly Fields[];
}

const personInput = z.object({ id: z.string() });

/** One person: their ids, what was said of them, and what they did. */
export const person = operation<z.infer<typeof personInput>, never, PersonReport>({
  input: personInput,
  run: ({ counter }, { id }) => counter.ask([], (reading) => personReport(reading, id)),
});

/** @throws FootfallError `person.unknown` */
export async function personReport(reading: Reading, id: string): Promise<PersonReport> {
  const { database } = reading;
  const asked = await askSessions(reading);
  const own = sessionsSql({ person: id }, asked.source);
  const [sums] = await database.jsonRows(`SELECT ${SUMS} FROM (${own}) HAVING count(*) > 0`);
  if (sums === undefined) throw await nobody(reading, asked, id);
  const bought = `event_type = ${symbolSql('purchase', asked.source)} AND ${await eventsOfPerson(reading, asked, id)}`;
  const [orders] = await database.jsonRows(
    `SELECT count(DISTINCT order_id) + count(*) FILTER (order_id IS NULL) AS orders FROM raw WHERE ${bought}`,
  );
  const visitors = await database.jsonRows(
    `SELECT visitor, count(*) AS sessions, min(session_start) AS first_seen, max(session_end) AS last_seen FROM (${own}) GROUP BY visitor ORDER BY visitor`,
  );
  const known = [id, ...visitors.map(({ visitor }) => String(visitor))].map(literalText).join(', ');
  const since = 'CASE WHEN valid_from > make_timestamp(0) THEN valid_from END AS since';
  const said = (kind: string, more: string) =>
    database.jsonRows(
      `SELECT key AS visitor, ${more}${since} FROM dimension WHERE kind = '${kind}' AND (key IN (${known})${kind === LINK ? ` OR (attributes ->> 'user_id') = ${literalText(id)}` : ''}) ORDER BY key, valid_from`,
    );
  return {
    person: id,
    ...(sums as Pick<PersonReport, 'sessions' | 'events' | 'purchases' | 'revenue' | 'first_seen' | 'last_seen'>),
    orders: orders?.['orders'] ?? 0,
    visitors,
    links: await said(LINK, "attributes ->> 'user_id' AS user_id, "),
    bots: await said(BOT, ''),
  };
}

const eventsInput = z.object({ id: z.string(), ...paged });

/** The events of a person over all their sessions, in order, a page at a time. */
export const personEvents = operation<z.infer<typeof eventsInput>, never, Page>({
  input: eventsInput,
  run: ({ counter }, asked) => counter.ask([], (reading) => personTimeline(reading, asked)),
});

/** @throws FootfallError `person.unknown`, `query.page` */
export async function personTimeline(
  reading: Reading,
  { id, limit, cursor }: z.infer<typeof eventsInput>,
): Promise<Page> {
  const { database, context } = reading;
  const asked = await askSessions(reading);
  const [known] = await database.rows(`SELECT 1 AS one FROM (${sessionsSql({ person: id }, asked.source)}) LIMIT 1`);
  if (known === undefined) throw await nobody(reading, asked, id);
  const sql = `(${projected(timelineView, await eventsOfPerson(reading, asked, id), context)})`;
  const columns = await typesOf(database, sql);
  const order = ['event_time', 'event_id'].map((name) => ({ name, descending: false }));
  const shown = timelineView.columns.map(({ name }) => name);
  return readPage(database, { sql, columns, order, shown }, limit, cursor);
}

/** So many sessions are named one by one: a scan that knows what it looks for passes over all else. */
const NAMED = 1_000;

/** A condition on raw: the events of a person's sessions. */
async function eventsOfPerson({ database }: Reading, { view, source }: AskedSessions, id: string): Promise<string> {
  const { relation, person: whose, context } = source;
  const own = `SELECT session_id, visitor, session_start, session_end FROM ${relation} WHERE ${whose}::VARCHAR = ${literalText(id)}`;
  const exact = inSessions(view, `(${own}) p`, context);
  const keys = await database.rows(
    `SELECT DISTINCT session_id::VARCHAR AS session, CASE WHEN session_id IS NULL THEN visitor::VARCHAR END AS visitor FROM (${own}) LIMIT ${NAMED + 1}`,
  );
  if (keys.length > NAMED) return exact;
  const { widths } = context;
  const among = (column: string, width: string, values: readonly unknown[]): string[] => {
    const known = values.filter((value) => value !== null && value !== undefined);
    const literals = known.map((value) => `CAST(${literalText(String(value))} AS ${width})`);
    return literals.length === 0 ? [] : [`${column} IN (${literals.join(', ')})`];
  };
  const sessions = keys.map(({ session }) => session);
  const visitors = keys.map(({ visitor }) => visitor);
  const near = [
    ...among('session_id', widths.session_id, sessions),
    ...among(visitorSql(widths), visitorWidth(widths), visitors),
  ];
  return near.length === 0 ? 'FALSE' : `(${near.join(' OR ')}) AND ${exact}`;
}

/** Whoever is linked is somebody else: it is said who. */
async function nobody({ database }: Reading, { source }: AskedSessions, id: string): Promise<FootfallError> {
  const rows = await database.rows(
    `SELECT DISTINCT person FROM (${sessionsSql({ visitor: id }, source)}) WHERE person IS NOT NULL ORDER BY 1 LIMIT 10`,
  );
  const others = rows.map((row) => row['person']).join(', ');
  return new FootfallError('person.unknown', {
    person: id,
    linked: others === '' ? '' : `; as a visitor it is ${others}`,
  });
}
