import { z } from 'zod';
import { formatInstant } from '../../../core/time.ts';
import type { RetentionQuestion } from '../../../journey/question.ts';
import { retention as countRetention } from '../../../journey/retention.ts';
import { operation } from '../../operation.ts';
import { askJourneys } from './ask-journeys.ts';
import { intervalInput, periodsOf } from './periods.ts';
import { given, pickInput, scopeInput, scopeOf } from './scope-input.ts';

const input = z.object({
  ...scopeInput,
  first: pickInput,
  back: pickInput,
  interval: intervalInput,
  /** IANA name; the shop's where absent. */
  zone: z.string().optional(),
});

export type RetentionInput = z.infer<typeof input>;

export interface RetentionReport {
  readonly cohorts: readonly {
    /** ISO 8601 UTC. */
    readonly start: string;
    readonly persons: number;
    /** Persons seen in the cohort's own period, in the one after it, and so on. */
    readonly back: readonly number[];
  }[];
}

/** Of the persons first seen in each period, those that came back. */
export const retention = operation<RetentionInput, never, RetentionReport>({
  input,
  run: (open, { from, to, where, humans, interval, zone, first, back }) => {
    const scope = scopeOf({ from, to, where, humans });
    return askJourneys(
      open,
      'retention',
      (shop): RetentionQuestion => ({
        ...scope,
        first: given(first),
        back: given(back),
        periods: periodsOf(shop, scope, interval, zone),
      }),
      async (session, relation, question): Promise<RetentionReport> => {
        const { cohorts } = await countRetention(session, relation, question);
        return { cohorts: cohorts.map(({ start, ...rest }) => ({ start: formatInstant(start), ...rest })) };
      },
    );
  },
});
