import { z } from 'zod';
import { formatInstant } from '../../../core/time.ts';
import type { TrendCount, TrendQuestion, TrendSeries } from '../../../journey/question.ts';
import { trend as countTrend } from '../../../journey/trend.ts';
import { operation } from '../../operation.ts';
import { askJourneys } from './ask-journeys.ts';
import { intervalInput, periodsOf } from './periods.ts';
import { given, pickInput, scopeInput, scopeOf, touchInput } from './scope-input.ts';

const input = z.object({
  ...scopeInput,
  of: pickInput,
  interval: intervalInput,
  /** IANA name; the shop's where absent. */
  zone: z.string().optional(),
  breakdown: touchInput.optional(),
});

export type TrendInput = z.infer<typeof input>;

export interface TrendReport {
  readonly total: TrendCount;
  /** ISO 8601 UTC, end exclusive. */
  readonly points: readonly (TrendCount & { readonly start: string; readonly end: string })[];
  readonly groups: readonly (Omit<TrendReport, 'groups'> & { readonly value: string | null })[];
}

/** Events, sessions, persons and revenue by calendar period. */
export const trend = operation<TrendInput, never, TrendReport>({
  input,
  run: (open, { from, to, where, humans, interval, zone, of, breakdown }) => {
    const scope = scopeOf({ from, to, where, humans });
    return askJourneys(
      open,
      'trend',
      (shop): TrendQuestion => ({
        ...scope,
        of: given(of),
        periods: periodsOf(shop, scope, interval, zone),
        ...(breakdown === undefined ? {} : { breakdown }),
      }),
      async (session, relation, question): Promise<TrendReport> => {
        const { groups, ...all } = await countTrend(session, relation, question);
        const dated = ({ total, points }: TrendSeries) => ({
          total,
          points: points.map((point, i) => {
            const { start, end } = question.periods[i] ?? { start: 0, end: 0 };
            return { start: formatInstant(start), end: formatInstant(end), ...point };
          }),
        });
        return { ...dated(all), groups: groups.map(({ value, ...series }) => ({ value, ...dated(series) })) };
      },
    );
  },
});
