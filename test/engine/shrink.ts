import type { CanonicalEvent } from '../../src/core/event.ts';
import { perform, type Script, type Step } from './script.ts';

/**
 * The smallest script found within some seconds that still fails: steps, events and fields are left out one after the
 * other. fast-check cannot do this well, because its picks mean something else as soon as the stream is shorter.
 */
export async function shrinkScript(script: Script, seconds: number): Promise<{ script: Script; found: string[] }> {
  const until = performance.now() + seconds * 1000;
  let best = script;
  let found = await failureOf(script);
  for (let better = true; better; ) {
    better = false;
    // Later candidates are of the script before, but each is smaller by one piece: the list is made anew on success.
    for (const candidate of smaller(best)) {
      if (performance.now() > until) return { script: best, found };
      const failure = await failureOf(candidate);
      if (failure.length === 0) continue;
      best = candidate;
      found = failure;
      better = true;
      break;
    }
  }
  return { script: best, found };
}

export async function failureOf(script: Script): Promise<string[]> {
  try {
    return await perform(script);
  } catch (error) {
    return [error instanceof Error ? `${error.stack}` : String(error)];
  }
}

function* smaller({ steps, ...rest }: Script): Generator<Script> {
  const { settings } = rest;
  const replaced = (index: number, ...by: Step[]): Script => ({ ...rest, steps: steps.toSpliced(index, 1, ...by) });
  if (steps.length > 6) {
    const half = Math.ceil(steps.length / 2);
    yield { ...rest, steps: steps.slice(0, half) };
    yield { ...rest, steps: steps.slice(half) };
  }
  for (let i = steps.length - 1; i >= 0; i--) yield replaced(i);
  for (const [i, step] of steps.entries()) {
    if (step.do !== 'give') continue;
    for (let e = 0; e < step.events.length && step.events.length > 1; e++) {
      const partitions = step.partitions?.toSpliced(e, 1);
      yield replaced(i, { ...step, events: step.events.toSpliced(e, 1), ...(partitions && { partitions }) });
    }
  }
  for (const [i, step] of steps.entries()) {
    if (step.do !== 'give') continue;
    if (step.ended?.length) yield replaced(i, { ...step, ended: [] });
    if (step.partitions?.some((name) => name !== 'p'))
      yield replaced(i, { ...step, partitions: step.events.map(() => 'p') });
    for (const [e, event] of step.events.entries()) {
      for (const field of Object.keys(event)) {
        if (field === 'event_time' || field === 'event_type') continue;
        const { [field as 'brand']: _, ...fewer } = event;
        yield replaced(i, { ...step, events: step.events.toSpliced(e, 1, fewer as CanonicalEvent) });
      }
    }
  }
  if (settings.zone !== undefined && settings.zone !== 'UTC')
    yield { ...rest, settings: { ...settings, zone: 'UTC' }, steps };
}
