import { type KindEngine, NOT_CLOSED } from './kind-engine.ts';

/** One row an event, computed when read: nothing to close, to show live or to compare. */
export const projections: KindEngine = {
  close: async () => NOT_CLOSED,
  live: async () => 'TRUE',
  dated: false,
  sides: async () => [],
};
