import { z } from 'zod';
import { paths as countPaths } from '../../../journey/paths.ts';
import type { PathsAnswer, PathsQuestion } from '../../../journey/question.ts';
import { operation } from '../../operation.ts';
import { askJourneys } from './ask-journeys.ts';
import { given, pickInput, scopeInput, scopeOf } from './scope-input.ts';

const input = z.object({
  ...scopeInput,
  of: pickInput,
  by: z.literal(['type', 'category', 'brand', 'product']),
  start: z.string().optional(),
  end: z.string().optional(),
  depth: z.int().min(1).max(50),
  collapse: z.boolean(),
  top: z.int().min(1).max(200),
});

export type PathsInput = z.infer<typeof input>;

/** What sessions run along, as nodes and edges. */
export const paths = operation<PathsInput, never, PathsAnswer>({
  input,
  run: (open, { from, to, where, humans, of, ...rest }) => {
    const scope = scopeOf({ from, to, where, humans });
    const asked: PathsQuestion = { ...scope, ...given(rest), of: given(of) };
    return askJourneys(open, 'paths', () => asked, countPaths);
  },
});
