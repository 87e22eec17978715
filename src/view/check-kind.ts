import type { Micros } from '../core/time.ts';
import { anomalyProblems } from './check-anomaly.ts';
import type { Kind, Windowing } from './kind.ts';

/** One copy of every event is made for each window that it falls in. */
const MOST_PANES = 288;
/** Finer windows would outnumber the events. */
const LEAST_STEP = 1_000_000;

/** What is wrong with how a kind cuts time, in words; empty when nothing is. */
export function kindProblems(kind: Kind): readonly string[] {
  switch (kind.kind) {
    case 'project':
      return [];
    case 'window':
      return windowingProblems(kind.windowing);
    case 'match':
      return [
        ...windowingProblems(kind.windowing),
        ...length(kind.within, 'within'),
        ...(kind.on.length === 0 ? ['a match names in `on` what an event and its followers have in common'] : []),
      ];
    case 'session':
      return [
        ...length(kind.gap, 'the gap'),
        ...(kind.split && kind.byVisitor ? ['sessions that are split have no visitor in their key: choose one'] : []),
      ];
    case 'absence': {
      const lengths = [
        ...length(kind.gap, 'the gap'),
        ...length(kind.threshold, 'threshold'),
        ...length(kind.within, 'within'),
      ];
      if (lengths.length > 0) return lengths;
      return [
        ...(kind.threshold > kind.within ? ['a cart would be abandoned only after it can be recovered no more'] : []),
        ...(kind.gap > kind.within ? ['the gap is above within: a cart would be final while it goes on'] : []),
      ];
    }
    case 'anomaly':
      return anomalyProblems(kind);
    case 'ledger':
      return [];
    case 'episode':
      return [
        ...wholeNumber(kind.opensBelow, 'opensBelow'),
        ...wholeNumber(kind.closesAt, 'closesAt'),
        ...(kind.closesAt < kind.opensBelow
          ? [`an episode would close at ${kind.closesAt} and open below ${kind.opensBelow}: both at once`]
          : []),
      ];
    case 'rollup':
      return kind.windowing.shape === 'calendar'
        ? ['a rollup has windows of a fixed width, not of the calendar']
        : windowingProblems(kind.windowing);
  }
}

function windowingProblems(windowing: Windowing): readonly string[] {
  if (windowing.shape === 'calendar') return [];
  const problems = length(windowing.size, 'the size of the windows');
  const { size } = windowing;
  const step = windowing.shape === 'sliding' ? windowing.step : size;
  if (windowing.shape === 'sliding') problems.push(...length(step, 'the step of the windows'));
  if (problems.length > 0) return problems;
  if (step < LEAST_STEP) return ['windows begin at least a second apart'];
  if (size % step !== 0) return [`the size of the windows, ${size} us, is no multiple of their step, ${step} us`];
  return size / step > MOST_PANES
    ? [`an event would fall in ${size / step} windows: at most ${MOST_PANES} are possible`]
    : [];
}

const wholeNumber = (value: number, what: string): string[] =>
  Number.isSafeInteger(value) ? [] : [`${what} is not a whole number`];

function length(value: Micros, what: string): string[] {
  if (!Number.isSafeInteger(value)) return [`${what} is not a whole number of microseconds`];
  return value > 0 ? [] : [`${what} is not above 0`];
}
