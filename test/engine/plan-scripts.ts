import fc from 'fast-check';
import { minutes } from '../../src/core/time.ts';
import { streams } from '../oracle/arbitrary.ts';
import { journeyScript } from './journey.ts';
import type { Defined, Script, Step } from './script.ts';
import { journeys, loadScripts, reloadScripts, scatter, tickScripts } from './scripts.ts';

/** Below, at and above the steps that people take in the streams. */
const definitions: fc.Arbitrary<Defined> = fc.record({
  gap: fc.constantFrom(1, minutes(5), minutes(30) - 1, minutes(61), minutes(45)),
  zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu'),
});

/** Few events a step, so that history takes many. */
const most = fc.constantFrom(4, 12, 1000);

/** Definitions are staged, filled step by step, left, applied and gone back to. */
const changes: fc.Arbitrary<readonly Step[]> = fc
  .tuple(definitions, definitions, most, fc.nat(3), fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }))
  .map(([first, second, few, steps, order]) => {
    const moves: readonly Step[][] = [
      [{ do: 'apply', most: few, ...first }],
      [
        { do: 'stage', ...second },
        ...Array.from({ length: steps }, (): Step => ({ do: 'backfill', most: few })),
        { do: 'reopen' },
        { do: 'apply', most: few, ...second },
      ],
      [
        { do: 'stage', ...first },
        { do: 'backfill', most: few },
      ],
      [{ do: 'finalize' }, { do: 'apply', most: few, gap: minutes(30), zone: 'UTC' }],
      [{ do: 'end' }, { do: 'apply', most: few, ...second }, { do: 'apply', most: few, ...first }],
    ];
    return order.flatMap((i) => moves[i] ?? []);
  });

const places = fc.array(fc.nat(1000), { minLength: 24, maxLength: 24 });

/** Journeys, loads and silences of a shop whose definitions change on the way. */
export const planScripts = (): fc.Arbitrary<Script> =>
  fc
    .tuple(
      fc.oneof(
        fc.tuple(streams({ maxEvents: 40 }), journeys()).map(([stream, journey]) => journeyScript(stream, journey)),
        loadScripts(),
        tickScripts(),
        reloadScripts(),
      ),
      changes,
      places,
    )
    .map(([script, steps, where]) => scatter(script, steps, where));
