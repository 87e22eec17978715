import { compareCatchUp } from './harness/compare-catch-up.ts';
import { benchOptions } from './harness/options.ts';

/** S1 and S2 on a flash sale: 3 M events in a quarter of an hour, so that nothing closes while they come. */
await compareCatchUp({ ...benchOptions({ name: 'dense', events: 3_000_000 }), density: 'dense' });
