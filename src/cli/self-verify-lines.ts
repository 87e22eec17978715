import type { SelfVerifyStatus } from '../runtime/operations/self-verify-status.ts';
import { grouped } from './output/quantity.ts';
import { cellText, recordLines } from './output/table.ts';

const percent = (share: number | null): string => (share === null ? '' : `${Math.floor(share * 100)} %`);

/** What a running shop has verified by itself, for people. */
export function statusLines(
  { days, share, equal, views }: SelfVerifyStatus,
  paint: (text: string) => string,
): string[] {
  const rows = views.map(({ view, share: part, oldest, differing, last_difference }) => ({
    view,
    verified: percent(part),
    'longest ago': cellText(oldest),
    differing: differing.length === 0 ? '' : grouped(differing.length),
    'last difference': cellText(last_difference),
  }));
  const named = views.flatMap(({ view, differing }) =>
    differing.map(({ day, differences, checked }) => {
      const where = day === null ? view : `${view} on ${day}`;
      return `DIFFERENT: ${where}, ${grouped(differences)} rows when it was verified at ${cellText(checked)}`;
    }),
  );
  const within = `within ${days} day${days === 1 ? '' : 's'}`;
  const told =
    share === null
      ? 'nothing is closed yet'
      : share === 0
        ? `nothing was verified ${within}: a shop verifies itself while footfall start or a paced replay runs`
        : `${percent(share)} of the history was verified ${within}`;
  return [
    ...recordLines(rows, paint),
    '',
    told,
    ...named,
    ...(equal ? [] : ['footfall verify VIEW shows rows that differ; keep the data folder as it is and report it']),
  ];
}
