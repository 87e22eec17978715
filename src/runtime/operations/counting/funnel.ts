import { z } from 'zod';
import { funnel as countFunnel } from '../../../journey/funnel/funnel.ts';
import type { FunnelAnswer, FunnelQuestion } from '../../../journey/question.ts';
import { operation } from '../../operation.ts';
import { askJourneys } from './ask-journeys.ts';
import { given, pickInput, scopeInput, scopeOf, touchInput } from './scope-input.ts';

const input = z.object({
  ...scopeInput,
  steps: z.array(pickInput).min(2).max(16),
  order: z.literal(['ordered', 'strict', 'any']),
  by: z.literal(['session', 'person']),
  /** Microseconds from the first step to the last. */
  within: z.int().min(0).optional(),
  breakdown: touchInput.optional(),
});

export type FunnelInput = z.infer<typeof input>;

/** How many sessions or persons came how far. */
export const funnel = operation<FunnelInput, never, FunnelAnswer>({
  input,
  run: (open, { from, to, where, humans, steps, ...rest }) => {
    const scope = scopeOf({ from, to, where, humans });
    const asked: FunnelQuestion = { ...scope, ...given(rest), steps: steps.map(given) };
    return askJourneys(open, 'funnel', () => asked, countFunnel);
  },
});
