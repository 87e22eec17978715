import { compareCatchUp } from './harness/compare-catch-up.ts';
import { benchOptions } from './harness/options.ts';

/** S1 and S2 on a week of an ordinary shop; `--density dense` for the other kind. */
await compareCatchUp(benchOptions({ name: 'catchup', events: 10_000_000 }));
