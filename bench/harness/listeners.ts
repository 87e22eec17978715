import { Agent, type IncomingMessage, request } from 'node:http';

interface Given {
  readonly url: string;
  readonly key: string;
  readonly views: string;
  readonly listeners: number;
  /** Further ones that are sent everything and read nothing. */
  readonly stalled: number;
}

/** A text to look for, and when the event that brings it was sent, milliseconds since 1970. */
export interface Marker {
  readonly text: string;
  readonly sent: number;
}

/** Milliseconds until each listener had heard it; fewer than there are where some did not. */
export interface Heard {
  readonly text: string;
  readonly delays: readonly number[];
  readonly cpuSeconds: number;
  /** Bytes that all listeners got so far. */
  readonly bytes: number;
  /** Listeners whose stream ended. */
  readonly gone: number;
}

/** Listens as many dashboards do, and tells its parent when each of them has heard of a marker. */
const { url, key, views, listeners, stalled } = JSON.parse(process.argv[2] ?? '{}') as Given;
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
const PATIENCE = 10_000;
const LONGEST = 40;
const now = (): number => performance.timeOrigin + performance.now();

let marker: Marker = { text: '', sent: 0 };
let waiting = new Set<number>();
let delays: number[] = [];
let bytes = 0;
let gone = 0;

const open = (): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const asked = request(`${url}/v1/live?views=${views}`, { agent, headers: { authorization: `Bearer ${key}` } });
    asked.on('response', resolve).on('error', reject).end();
  });

async function listen(which: number): Promise<void> {
  const answer = await open();
  let tail: Buffer = Buffer.alloc(0);
  answer.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (!waiting.has(which)) return;
    const text = Buffer.from(marker.text);
    // It may lie across two pieces.
    if (piece.includes(text) || Buffer.concat([tail, piece.subarray(0, LONGEST)]).includes(text)) {
      waiting.delete(which);
      delays.push(now() - marker.sent);
      if (waiting.size === 0) told();
    }
    tail = piece.subarray(-LONGEST);
  });
  answer.on('close', () => {
    gone += 1;
  });
}

let timer: NodeJS.Timeout | undefined;
function told(): void {
  clearTimeout(timer);
  const { user, system } = process.cpuUsage();
  const heard: Heard = { text: marker.text, delays, cpuSeconds: (user + system) / 1e6, bytes, gone };
  process.send?.(heard);
}

process.on('message', (next: Marker) => {
  marker = next;
  delays = [];
  waiting = new Set(Array.from({ length: listeners }, (_, i) => i));
  timer = setTimeout(told, PATIENCE);
});

await Promise.all(Array.from({ length: listeners }, (_, i) => listen(i)));
for (let i = 0; i < stalled; i += 1) (await open()).pause();
process.send?.('ready');
