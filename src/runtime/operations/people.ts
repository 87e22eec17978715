import { z } from 'zod';
import { formatInstant } from '../../core/time.ts';
import { givePeople } from '../../engine/people/give-people.ts';
import { type BotProposal, proposeBots } from '../../engine/people/propose-bots.ts';
import { type LinkProposal, proposeLinks } from '../../engine/people/propose-links.ts';
import { readPeople } from '../../engine/people/read-people.ts';
import type { ShopSnapshot } from '../../engine/shop.ts';
import type { PersonRow } from '../../journal/fact-log.ts';
import type { Json } from '../../store/value.ts';
import { operation } from '../operation.ts';
import { parseInstant } from '../parse-instant.ts';

const says = z.literal(['same_as', 'bot']);

/** Something that is in force. */
export interface InForce {
  readonly visitor: string;
  /** Of links. */
  readonly user_id?: string;
  /** Null: always. */
  readonly from: Json;
  readonly recorded: Json;
}

export interface PeopleReport {
  readonly in_force: readonly InForce[];
  /** Slices that marks of bots have yet to restate. */
  readonly pending: number;
}

/** The links or marks that are in force, by visitor and time. */
export const people = operation<{ says: 'same_as' | 'bot' }, never, PeopleReport>({
  input: z.object({ says }),
  run: ({ reader }, { says: kind }) =>
    reader.ask([], async ({ database }) => {
      const rows = await database.jsonRows(
        `SELECT key, attributes ->> 'user_id' AS person, CASE WHEN valid_from > make_timestamp(0) THEN valid_from END AS since, (attributes ->> 'recorded')::BIGINT AS recorded FROM dimension WHERE kind = '${kind}' ORDER BY key, valid_from`,
      );
      return {
        in_force: rows.map((row) => ({
          visitor: String(row['key']),
          ...(kind === 'bot' ? {} : { user_id: String(row['person']) }),
          from: row['since'] ?? null,
          recorded: formatInstant(Number(row['recorded'])),
        })),
        pending: await pendingSlices({ database }),
      };
    }),
});

const changeInput = z.object({
  says,
  withdrawn: z.boolean(),
  rows: z
    .array(z.object({ visitor: z.string().min(1), user: z.string().min(1).optional(), from: z.string().optional() }))
    .optional(),
  /** In place of the rows: an absolute path. */
  file: z.string().optional(),
});

export interface PeopleChanged {
  /** Links or marks that were said, and of these how many are new, differ or are gone. */
  readonly rows: number;
  readonly changed: number;
  /** Events that views without bots count otherwise now. */
  readonly events: number;
  readonly pending: number;
}

/** What saying and taking back are called in the audit log. */
const NAMES = { same_as: ['link', 'unlink'], bot: ['mark', 'unmark'] } as const;

/** Says who visitors are, or takes it back; closed slices follow. */
export const changePeople = operation<z.infer<typeof changeInput>, never, PeopleChanged>({
  audit: ({ says, withdrawn }) => NAMES[says][withdrawn ? 1 : 0],
  input: changeInput,
  creates: true,
  run: async ({ shop, engine }, { says: kind, withdrawn, rows = [], file }) => {
    const said = rows.map(
      ({ visitor, user, from }): PersonRow => ({
        visitor,
        ...(user === undefined ? {} : { user }),
        from: from === undefined ? null : parseInstant(from, '--from'),
      }),
    );
    const change = await engine.change(async () => {
      const all = file === undefined ? said : await readPeople(shop, kind, file, file);
      if (all.length === 0) return { rows: 0, changed: 0, events: 0 };
      const recorded = Date.now() * 1000;
      return { rows: all.length, ...(await givePeople(shop, { says: kind, withdrawn, rows: all, recorded })) };
    });
    return { ...change, pending: await pendingSlices(shop) };
  },
});

const proposeInput = z.object({ limit: z.int().min(1).max(100_000).default(100) });

/** Anonymous ids and users that were seen together. */
export const identityProposals = operation<z.input<typeof proposeInput>, never, readonly LinkProposal[]>({
  input: proposeInput,
  run: ({ counter }, { limit = 100 }) => counter.ask([], (reading) => proposeLinks(reading, limit)),
});

/** Visitors who behave as no human does. */
export const botProposals = operation<z.input<typeof proposeInput>, never, readonly BotProposal[]>({
  input: proposeInput,
  run: ({ counter }, { limit = 100 }) => counter.ask([], (reading) => proposeBots(reading, limit)),
});

async function pendingSlices({ database }: Pick<ShopSnapshot, 'database'>): Promise<number> {
  const marks = ['dirty_window', 'dirty_session', 'dirty_key', 'dirty_batch'].map(
    (table) => `(SELECT count(*) FROM ${table} WHERE cause = 'bots')`,
  );
  return Number((await database.one(`SELECT ${marks.join(' + ')} AS n`))?.['n']);
}
