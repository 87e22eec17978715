import { formatInstant } from '../core/time.ts';
import type { ViewDifference } from '../engine/definitions/compare.ts';
import type { DayMoved, Plan } from '../engine/definitions/plan.ts';
import { bar } from './output/bar.ts';
import { grouped, secondsText } from './output/quantity.ts';
import { tableLines } from './output/table.ts';
import type { Terminal } from './output/terminal.ts';

/** Days that are shown of a view. */
const DAYS = 8;
const BAR = 16;
const SIGNS = { added: '+', removed: '-', changed: '~' } as const;
const STYLES = { added: 'green', removed: 'red', changed: 'yellow' } as const;

/** A plan as people read it: views, columns, the days that move most, and what it would take. */
export function planLines(plan: Plan, { paint }: Pick<Terminal, 'paint'>): string[] {
  if (plan.views.length === 0 && plan.zone === null)
    return [`nothing to apply: all ${plan.unchanged.length} views are as they are declared`];
  const lines: string[] = [];
  if (plan.zone !== null) lines.push(`zone ${plan.zone.before} → ${plan.zone.after}`, '');
  for (const difference of plan.views) {
    lines.push(paint(STYLES[difference.change], viewLine(difference)), ...columnLines(difference));
    const days = plan.moved.find(({ view }) => view === difference.view)?.days ?? [];
    lines.push(...dayLines(days, (text) => paint('bold', text)).map((line) => `    ${line}`));
    if (plan.uncompared.includes(difference.view)) lines.push('    its new rows are not computed for a plan');
  }
  return [...lines, '', ...countLines(plan)];
}

const viewLine = ({ view, change, reasons }: ViewDifference): string =>
  `${SIGNS[change]} ${view}${reasons.length === 0 ? `  ${change}` : `  ${reasons.join('; ')}`}`;

function columnLines({ columns: { added, removed, changed } }: ViewDifference): string[] {
  const parts = [
    ...added.map((name) => `+${name}`),
    ...removed.map((name) => `-${name}`),
    ...changed.map((name) => `~${name}`),
  ];
  return parts.length === 0 ? [] : [`    columns ${parts.join(' ')}`];
}

/** The days that move most, in order of time, with a bar for how many of their rows do. */
function dayLines(days: readonly DayMoved[], paint: (text: string) => string): string[] {
  const moving = days.filter(({ moved }) => moved > 0);
  if (days.length === 0) return [];
  if (moving.length === 0) return ['no closed row would say something else'];
  const most = [...moving].sort((a, b) => b.moved - a.moved).slice(0, DAYS);
  const shown = moving.filter((each) => most.includes(each));
  const widest = Math.max(...shown.map(({ moved }) => moved));
  const measures = Object.keys(shown[0]?.sums ?? {});
  const header = [
    { name: 'day', numeric: false },
    { name: 'rows', numeric: true },
    { name: 'move', numeric: true },
    { name: '', numeric: false },
    ...measures.map((name) => ({ name, numeric: true })),
  ];
  const rows = shown.map(({ day, rows: { before, after }, moved, sums }) => [
    day ?? 'all',
    before === after ? grouped(after) : `${grouped(before)} → ${grouped(after)}`,
    grouped(moved),
    bar(moved / widest, BAR),
    ...measures.map((name) => movedText(sums[name])),
  ]);
  const rest = moving.length - shown.length;
  return [...tableLines(header, rows, paint), ...(rest > 0 ? [`and ${grouped(rest)} more days that move less`] : [])];
}

function movedText(sum: { readonly before: string | null; readonly after: string | null } | undefined): string {
  const [before, after] = [sum?.before ?? '', sum?.after ?? ''];
  return before === after ? after : `${before} → ${after}`;
}

function countLines({ views, unchanged, range, sealed_before, backfill }: Plan): string[] {
  const count = (change: ViewDifference['change']): number => views.filter((each) => each.change === change).length;
  const lines = [
    `${count('added')} views to add, ${count('changed')} to change, ${count('removed')} to remove; ${unchanged.length} stay`,
  ];
  if (range !== null && !range.whole)
    lines.push(
      `compared over the newest ${grouped(range.events)} events only, from ${formatInstant(range.start).slice(0, 10)} on; sessions that go on from before are cut there`,
    );
  if (backfill.rows > 0)
    lines.push(
      `to compute: about ${grouped(backfill.rows)} rows of ${grouped(backfill.events)} events, about ${secondsText(backfill.seconds)}; the rows in force stay readable meanwhile`,
    );
  if (sealed_before !== null)
    lines.push(`what happened before ${sealed_before} is sealed, and computed anew all the same`);
  lines.push('footfall apply puts it in force; footfall rollback goes back');
  return lines;
}
