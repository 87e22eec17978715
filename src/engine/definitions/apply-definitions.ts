import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { Engine } from '../engine.ts';
import { withReader } from '../read.ts';
import { compareViews } from '../verify.ts';
import { backfillStep } from './backfill.ts';
import { seenFromBeside } from './beside.ts';
import { type Definitions, sameDefinitions } from './definitions.ts';
import { giveDefinitions, recordDefinitions } from './give-definitions.ts';
import { stage } from './stage.ts';

/** The stages of an application, in order. */
export type ApplyStage = 'backfill' | 'check' | 'switch';

export interface ApplyProgress {
  readonly stage: ApplyStage;
  /** Event time up to which the new rows are closed. */
  readonly until: EpochMicros | null;
}

export interface ApplyOptions {
  readonly now: () => EpochMicros;
  readonly onProgress?: (progress: ApplyProgress) => void | Promise<void>;
  /** Most events of a step. */
  readonly most?: number;
}

export interface ApplyOutcome {
  /** False where the definitions were in force already. */
  readonly changed: boolean;
  /** Views whose rows were computed; empty where they had been kept ready. */
  readonly computed: readonly string[];
  /** Rows that were compared with rows recomputed from raw. */
  readonly checked: number;
}

/**
 * Puts other definitions in force without a moment in which their rows are not there: they are made beside those in force
 * while batches come in and readers read, compared with rows recomputed from raw, and take the others' place in one
 * transaction. What was in force is kept up beside it, to go back to.
 *
 * Killed at any time, the same call goes on where it stood.
 *
 * @throws FootfallError `plan.check` when the new rows are not what raw says: nothing is changed then
 */
export async function applyDefinitions(
  engine: Engine,
  definitions: Definitions,
  { now, onProgress, most }: ApplyOptions,
): Promise<ApplyOutcome> {
  const { shop } = engine;
  const { database } = shop;
  if (sameDefinitions(shop.definitions, definitions)) {
    if (shop.beside?.role === 'next') await database.exclusively(() => stage(shop, null, now()));
    return { changed: false, computed: [], checked: 0 };
  }
  await engine.change(() => recordDefinitions(shop, now()));
  if (shop.beside === null || !sameDefinitions(shop.beside.definitions, definitions))
    await database.exclusively(() => stage(shop, definitions, now()));
  const computed = shop.final.reached === null ? [] : (shop.beside?.definitions.views.map(({ name }) => name) ?? []);
  await backfill(engine, {
    now,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(most === undefined ? {} : { most }),
  });
  await onProgress?.({ stage: 'check', until: null });
  const checked = await check(engine);
  await onProgress?.({ stage: 'switch', until: null });
  await engine.change(() => giveDefinitions(shop, definitions, now()));
  return { changed: true, computed, checked };
}

/** What was staged is closed, stretch by stretch, until it keeps pace with what is in force. */
async function backfill(engine: Engine, { now, onProgress, most }: ApplyOptions): Promise<void> {
  const { shop } = engine;
  for (;;) {
    if (shop.final.reached === null) break;
    const { until } = await shop.database.betweenEpochs(() => backfillStep(shop, now(), most));
    await onProgress?.({ stage: 'backfill', until });
    if (until !== null) continue;
    await engine.catchUp();
    break;
  }
}

/** Compares the rows beside with rows recomputed from raw. @returns how many */
async function check({ shop }: Engine): Promise<number> {
  return withReader(shop, (reader) =>
    reader.ask([], async (reading) => {
      const { beside } = reading;
      if (beside === null) return 0;
      const verdicts = await compareViews(seenFromBeside(reading, beside), beside.views);
      const wrong = verdicts.find(({ differences }) => differences > 0);
      if (wrong !== undefined) throw new FootfallError('plan.check', { view: wrong.view, rows: wrong.differences });
      return verdicts.reduce((sum, { rows }) => sum + rows, 0);
    }),
  );
}
