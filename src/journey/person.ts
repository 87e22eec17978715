import { type CompileContext, visitorWidth } from '../compile/context.ts';
import { BOT, LINK } from '../compile/human.ts';
import type { Session } from '../store/session.ts';

/** Journeys with the people that they belong to. */
export interface Peopled {
  /** The rows of journeys, with the column `person` where `person` is that. */
  readonly relation: string;
  /** SQL of whose a journey is. */
  readonly person: string;
  /** SQL that tells journeys of one session id apart, and puts them in order. */
  readonly session: string;
}

/**
 * Who a session belongs to, over the columns of journeys: the one place where visitors become people. A session is its
 * visitor's, or whose the link says that is in force for the visitor when the session starts. One without a visitor is
 * nobody's: it counts as a session, and as no person.
 *
 * @param humans leaves out sessions of visitors that are bots when they start
 */
export async function peopled(
  session: Session,
  relation: string,
  context: CompileContext,
  humans: boolean,
): Promise<Peopled> {
  const width = visitorWidth(context.widths);
  // An id that is written otherwise than numbers are is nobody's where all visitors are numbers.
  const cast = (text: string): string =>
    width === 'VARCHAR'
      ? text
      : `CASE WHEN TRY_CAST(${text} AS ${width})::VARCHAR = ${text} THEN TRY_CAST(${text} AS ${width}) END`;
  const facts = `SELECT kind, ${cast('key')} AS visitor, attributes ->> 'user_id' AS person, valid_from, valid_to FROM dimension WHERE kind IN ('${LINK}', '${BOT}')`;
  const [known] = await session.rows(
    `SELECT count(*) FILTER (kind = '${LINK}') AS links, count(*) FILTER (kind = '${LINK}' AND (${cast('person')}) IS NULL) AS wide FROM (${facts}) WHERE visitor IS NOT NULL`,
  );
  const of = (kind: string): string => `(SELECT * FROM (${facts}) WHERE kind = '${kind}')`;
  const people = humans
    ? `(SELECT j.* FROM ${relation} j WHERE NOT EXISTS (SELECT 1 FROM ${of(BOT)} b WHERE b.visitor = j.visitor AND j.session_start >= b.valid_from))`
    : relation;
  if (Number(known?.['links']) === 0) return { relation: people, person: 'visitor', session: 'session_id' };
  const wide = Number(known?.['wide']) > 0;
  const [user, visitor] = wide ? ['l.person', 'j.visitor::VARCHAR'] : [cast('l.person'), 'j.visitor'];
  return {
    relation: `(SELECT j.*, coalesce(${user}, ${visitor}) AS person FROM ${people} j LEFT JOIN ${of(LINK)} l ON l.visitor = j.visitor AND j.session_start >= l.valid_from AND j.session_start < l.valid_to)`,
    person: 'person',
    // Two visitors who are one person may share a session id.
    session: 'row(session_id IS NULL, session_id, visitor)',
  };
}
