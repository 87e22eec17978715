import { setTimeout as sleep } from 'node:timers/promises';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Millis } from '../core/time.ts';
import { LIVE } from '../engine/protocol/schedule.ts';
import { recordedAround } from './access/recorded.ts';
import { takeInJournal } from './collect/take-in-journal.ts';
import { askOwner } from './control-client.ts';
import { hasShop } from './data-folder.ts';
import { type OpenShop, openShop, type ShopOptions } from './open-shop.ts';
import type { Emit, Operation } from './operation.ts';
import { type InputOf, OPERATIONS, type OperationName, type OutputOf, type PartOf } from './operations/operations.ts';

/** How long another short command may hold the file before this one gives up. */
const PATIENCE: Millis = 15_000;
const PAUSE: Millis = 50;

/**
 * Performs an operation on a shop: through the process that owns its database if one runs, else by opening the file.
 *
 * @throws FootfallError `cli.usage` when there is no shop yet, `store.locked` when the file stays locked by a process
 *   that does not answer, and what the operation throws
 */
export async function perform<N extends OperationName>(
  options: ShopOptions,
  name: N,
  input: InputOf<N>,
  emit: Emit<PartOf<N>> = () => undefined,
): Promise<OutputOf<N>> {
  const operation = OPERATIONS[name] as unknown as Operation<InputOf<N>, PartOf<N>, OutputOf<N>>;
  if (!hasShop(options.folder) && operation.creates !== true) {
    throw new FootfallError('cli.usage', {
      reason: `there is no shop in ${options.folder.path} yet: replay a file into it, or name another folder with --data`,
      command: 'replay',
    });
  }
  const told = operation.audit?.(input) ?? null;
  const work = (): Promise<OutputOf<N>> => carryOut(options, name, input, emit);
  if (told === null) return work();
  return recordedAround(options.folder, typeof told === 'string' ? { action: told } : told, work);
}

async function carryOut<N extends OperationName>(
  options: ShopOptions,
  name: N,
  input: InputOf<N>,
  emit: Emit<PartOf<N>>,
): Promise<OutputOf<N>> {
  const operation = OPERATIONS[name] as unknown as Operation<InputOf<N>, PartOf<N>, OutputOf<N>>;
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const asked = await askOwner(options.folder, name, input, emit);
    if (asked.answered) return asked.output;
    let open: OpenShop;
    try {
      open = await openShop(options, LIVE, 'stored');
    } catch (error) {
      if (!(error instanceof FootfallError) || error.code !== 'store.locked' || Date.now() > deadline) throw error;
      await sleep(PAUSE);
      continue;
    }
    try {
      await takeInJournal(open);
      return await operation.run(open, input, emit);
    } finally {
      await open.close();
    }
  }
}
