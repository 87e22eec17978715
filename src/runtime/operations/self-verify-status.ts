import { z } from 'zod';
import { formatInstant } from '../../core/time.ts';
import { type Checked, checkedBefore, coverageOf } from '../../engine/protocol/self-verify.ts';
import { historiesOf, loadChecked } from '../../engine/self-verify.ts';
import { RAW } from '../../engine/verify.ts';
import { findView } from '../find-view.ts';
import { operation } from '../operation.ts';

const input = z.object({
  /** Only these views; `raw` is one of them. */
  views: z.array(z.string()),
  /** Verified within so many days counts. */
  days: z.number().positive(),
});

/** What the running verification knows of a view, or of `raw`. */
export interface ViewCoverage {
  readonly view: string;
  /** Days of closed history; 1 where a view is compared as a whole. */
  readonly stretches: number;
  readonly verified: number;
  /** Share of the history that was verified of late; null where nothing is closed. */
  readonly share: number | null;
  /** When the stretch that was verified longest ago was; null where one never was. */
  readonly oldest: string | null;
  /** Stretches that differed when they were last verified. */
  readonly differing: readonly {
    readonly day: string | null;
    readonly differences: number;
    readonly checked: string;
  }[];
  /** When any stretch last differed; null: never. */
  readonly last_difference: string | null;
}

export interface SelfVerifyStatus {
  readonly days: number;
  readonly share: number | null;
  readonly equal: boolean;
  readonly views: readonly ViewCoverage[];
}

/** How much of the history was verified by the process that owns the shop, while it ran. */
export const selfVerifyStatus = operation<z.infer<typeof input>, never, SelfVerifyStatus>({
  input,
  run: ({ shop, reader }, { views: asked, days }) => {
    const names = asked.map((name) => (name === RAW ? RAW : findView(shop, name).name));
    return reader.ask([], async (reading) => {
      const histories = historiesOf(reading).filter(({ view }) => names.length === 0 || names.includes(view));
      const checked = checkedBefore(histories, await loadChecked(reading.database));
      const since = (Date.now() - days * 86_400_000) * 1000;
      const views = histories.map((history) => coverageOf(history, checked, since));
      const [all, verified] = [views.map(({ stretches }) => stretches), views.map((each) => each.verified)].map(
        (counts) => counts.reduce((sum, count) => sum + count, 0),
      );
      return {
        days,
        share: shareOf(verified ?? 0, all ?? 0),
        equal: views.every(({ differing }) => differing.length === 0),
        views: views.map(({ view, stretches, verified: done, oldest, differing, differed }) => ({
          view,
          stretches,
          verified: done,
          share: shareOf(done, stretches),
          oldest: instant(oldest),
          differing: differing.map(differenceOf),
          last_difference: instant(differed),
        })),
      };
    });
  },
});

const shareOf = (part: number, all: number): number | null => (all === 0 ? null : part / all);
const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
const differenceOf = ({ start, differences, at }: Checked) => ({
  day: instant(start)?.slice(0, 10) ?? null,
  differences,
  checked: formatInstant(at),
});
