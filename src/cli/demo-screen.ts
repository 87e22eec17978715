import type { DemoSnapshot } from '../runtime/demo-snapshot.ts';
import type { Json } from '../store/value.ts';
import { grouped, secondsText } from './output/quantity.ts';
import { recordLines } from './output/table.ts';
import type { Terminal } from './output/terminal.ts';
import { cutTo, padEnd, padStart } from './output/width.ts';

/** What the screen shows beside the shop itself. */
export interface DemoMood {
  /** Over the last seconds. */
  readonly eventsPerSecond: number;
  /** Wall clock minus the newest event time. */
  readonly lagSeconds: number;
  /** Where the shop is and how it is asked. */
  readonly data: string;
  readonly url: string;
  /** What whoever started it should know. */
  readonly notes: readonly string[];
}

const BAR = 32;

/** Moves to the top left and clears what the new picture does not cover: no flicker. */
export const frame = (lines: readonly string[], { columns, rows }: Terminal): string =>
  `\u001b[H${lines
    .slice(0, rows - 1)
    .map((line) => `${cutPainted(line, columns)}\u001b[K`)
    .join('\n')}\n\u001b[J`;

/** A painted line keeps its colours: only lines without any are cut. */
const cutPainted = (line: string, columns: number): string => (line.includes('\u001b') ? line : cutTo(line, columns));

/** The picture, as lines. */
export function screenLines(
  { status, funnel, windows, sessions }: DemoSnapshot,
  mood: DemoMood,
  terminal: Terminal,
): string[] {
  const head = (text: string): string => terminal.paint('bold', text);
  const dim = (text: string): string => terminal.paint('dim', text);
  const clock = (text: string | null): string => (text === null ? 'not yet' : text.slice(11, 19));
  return [
    `${head('Footfall')}  a made-up shop, live   ${dim('Ctrl-C stops; started again it goes on')}`,
    `${terminal.paint('underline', mood.url)}   ${dim('in a browser')}`,
    ...mood.notes.flatMap((note) => wrapped(note, terminal.columns)),
    '',
    `${grouped(status.events)} events   ${grouped(mood.eventsPerSecond)}/s   lag ${secondsText(mood.lagSeconds)}   watermark ${clock(status.watermark)}   epoch ${status.epoch}`,
    `${grouped(status.late_events)} late   ${grouped(status.duplicates)} copies   ${grouped(status.rejected)} refused   ${grouped(sessions.active)} sessions open   ${status.resident_mb} MB`,
    '',
    head('Funnel, sessions of the last hour'),
    ...funnelLines(funnel, terminal),
    '',
    head('Newest final windows'),
    ...recordLines(
      windows.map((row) => ({
        from: clock(String(row['window_start'])),
        to: clock(String(row['window_end'])),
        events: Number(row['events']),
        revenue: money(row['revenue']),
      })),
      dim,
    ),
    '',
    head('Newest sessions with a cart'),
    ...recordLines(
      sessions.newest.map((row) => ({
        session: String(row['user_session']).slice(0, 13),
        from: clock(String(row['session_start'])),
        minutes: Number(Number(row['session_duration_minutes']).toFixed(1)),
        events: Number(row['total_events']),
        bought: row['has_purchase'] === true ? money(row['total_purchase_value']) : '',
      })),
      dim,
    ),
    '',
    dim(`ask it: footfall query conversion_funnel --data ${mood.data}`),
  ];
}

/** What is to be copied, such as a link, is never cut: it begins a line of its own, and goes on in the next. */
function wrapped(note: string, columns: number): string[] {
  if (note.length <= columns) return [note];
  return note
    .split(/ (?=https?:)/)
    .flatMap((part) =>
      Array.from({ length: Math.ceil(part.length / columns) }, (_, i) => part.slice(i * columns, (i + 1) * columns)),
    );
}

const money = (value: Json | undefined): string =>
  value === null || value === undefined ? '' : Number(value).toFixed(2);

function funnelLines({ sessions, view, cart, purchase }: DemoSnapshot['funnel'], terminal: Terminal): string[] {
  const steps = [
    ['sessions', sessions],
    ['with a view', view],
    ['with a cart', cart],
    ['with a purchase', purchase],
  ] as const;
  return steps.map(([label, count]) => {
    const share = sessions === 0 ? 0 : count / sessions;
    const bar = '█'.repeat(Math.round(share * BAR));
    return `  ${padEnd(label, 16)}${terminal.paint('cyan', bar)}${' '.repeat(BAR - bar.length)} ${padStart(grouped(count), 7)} ${padStart(`${(share * 100).toFixed(1)}%`, 7)}`;
  });
}

/** One line about the same, where nobody looks at a screen. */
export const statusLine = ({ status, funnel, sessions }: DemoSnapshot, mood: DemoMood): string =>
  `${grouped(status.events)} events  ${grouped(mood.eventsPerSecond)}/s  lag ${secondsText(mood.lagSeconds)}  watermark ${status.watermark ?? 'not yet'}  epoch ${status.epoch}  sessions ${grouped(funnel.sessions)} > view ${grouped(funnel.view)} > cart ${grouped(funnel.cart)} > purchase ${grouped(funnel.purchase)}  ${grouped(sessions.active)} open`;
