import type { Millis } from '../core/time.ts';
import type { ReplayOutcome } from '../runtime/replay.ts';
import type { SourceProgress } from '../source/file/file-source.ts';
import { bytesText, grouped, secondsText } from './output/quantity.ts';
import { cutTo } from './output/width.ts';

/** Over how long the rate is measured. */
const WINDOW: Millis = 5_000;

/** Makes the progress line of a replay: events, rate of the last seconds, bytes, share and time left. */
export function progressMeter(): (
  source: SourceProgress,
  outcome: ReplayOutcome,
  now: Millis,
  width: number,
) => string {
  const seen: { readonly at: Millis; readonly events: number; readonly bytes: number }[] = [];
  return ({ bytes, totalBytes }, { events, rejected }, now, width) => {
    seen.push({ at: now, events: events + rejected, bytes });
    while (seen.length > 2 && now - (seen[0]?.at ?? now) > WINDOW) seen.shift();
    const [first] = seen;
    const seconds = first === undefined ? 0 : (now - first.at) / 1000;
    const rate = first === undefined || seconds <= 0 ? 0 : (events + rejected - first.events) / seconds;
    const byteRate = first === undefined || seconds <= 0 ? 0 : (bytes - first.bytes) / seconds;
    const parts = [
      `${grouped(events)} events`,
      rate > 0 ? `${grouped(rate)}/s` : '',
      rejected > 0 ? `${grouped(rejected)} refused` : '',
      totalBytes === null ? bytesText(bytes) : `${bytesText(bytes)} of ${bytesText(totalBytes)}`,
      totalBytes === null || totalBytes === 0 ? '' : `${Math.min(100, (bytes / totalBytes) * 100).toFixed(0)}%`,
      totalBytes === null || byteRate <= 0 ? '' : `${secondsText(Math.max(0, totalBytes - bytes) / byteRate)} left`,
    ];
    return cutTo(parts.filter((part) => part !== '').join('  '), width - 1);
  };
}
