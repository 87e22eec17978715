import { setTimeout as sleep } from 'node:timers/promises';
import { type DemoSnapshot, demoSnapshot } from '../runtime/demo-snapshot.ts';
import { type DemoMood, frame, screenLines, statusLine } from './demo-screen.ts';
import type { Terminal } from './output/terminal.ts';
import type { Served } from './serve.ts';

/** Between two pictures, and between two lines where there is no screen. */
const PICTURE_EVERY = 1_000;
const LINE_EVERY = 5_000;

/** Shows the shop again and again until it ends; a last time then where lines are printed. */
export async function showDemo(
  { open, url, notes, signal }: Served,
  { json, terminal }: { readonly json: boolean; readonly terminal: Terminal },
): Promise<void> {
  const picture = terminal.interactive && !json;
  const rate = rateMeter();
  const print = async (): Promise<void> => {
    const snapshot = await demoSnapshot(open);
    const mood: DemoMood = {
      eventsPerSecond: rate(snapshot.status.events, performance.now()),
      lagSeconds: lagOf(snapshot),
      data: open.folder.path,
      url,
      notes,
    };
    if (json)
      await terminal.out(
        `${JSON.stringify({ ...snapshot, url, events_per_second: mood.eventsPerSecond, lag_seconds: mood.lagSeconds })}\n`,
      );
    else if (picture) await terminal.out(frame(screenLines(snapshot, mood, terminal), terminal));
    else await terminal.out(`${statusLine(snapshot, mood)}\n`);
  };
  if (picture) await terminal.out('\u001b[2J\u001b[?25l');
  try {
    while (!signal.aborted) {
      await sleep(picture ? PICTURE_EVERY : LINE_EVERY, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await print();
    }
    await print();
  } finally {
    if (picture) await terminal.out('\u001b[?25h');
  }
}

const lagOf = ({ status }: DemoSnapshot): number =>
  status.last_event_time === null ? 0 : Math.max(0, (Date.now() - Date.parse(status.last_event_time)) / 1000);

/** Events a second between the last two looks. */
function rateMeter(): (events: number, now: number) => number {
  let last: { readonly events: number; readonly now: number } | undefined;
  return (events, now) => {
    const rate = last === undefined || now === last.now ? 0 : ((events - last.events) * 1000) / (now - last.now);
    last = { events, now };
    return rate;
  };
}
