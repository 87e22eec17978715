import { Agent, request } from 'node:http';

interface Given {
  readonly url: string;
  readonly key: string;
  readonly events: number;
  readonly batch: number;
  readonly clients: number;
  /** Events a second; 0 = as fast as they are acknowledged. */
  readonly rate: number;
  /** Milliseconds after which what was not answered is sent again; absent: it is an error. */
  readonly again?: number;
}

/** Sends made-up events over HTTP, and prints how long that took. Run by itself: `node load-generator.ts '{"url": ...}'`. */
const { url, key, events, batch, clients, rate, again } = JSON.parse(process.argv[2] ?? '{}') as Given;
const agent = new Agent({ keepAlive: true, maxSockets: clients });
const target = new URL('/v1/events', url);
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' };
const TYPES = ['view', 'view', 'view', 'view', 'cart_add', 'purchase'];
const run = `${process.pid}-${Date.now()}`;

/** Bodies are made before the clock starts, but for the ids and times that differ. */
function bodyOf(first: number): Buffer {
  const time = new Date().toISOString();
  let text = '';
  for (let i = first; i < first + batch; i += 1) {
    const person = i % 5_000;
    text += `{"event_id":"${run}-${i}","event_time":"${time}","event_type":"${TYPES[i % TYPES.length]}","product_id":"${i % 1_000}","brand":"brand-${i % 50}","category_code":"a.b${i % 20}","price":${(i % 9_000) / 100},"user_id":"${person}","session_id":"s-${person}"}\n`;
  }
  return Buffer.from(text);
}

const post = (body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request(target, { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } });
    sent.on('response', (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`));
      answer.on('end', resolve).resume();
    });
    sent.on('error', reject);
    sent.end(body);
  });

async function sendUntilAnswered(body: Buffer): Promise<void> {
  while (true) {
    try {
      return await post(body);
    } catch (error) {
      if (again === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, again));
    }
  }
}

const waits: number[] = [];
let next = 0;
const began = performance.now();
async function client(): Promise<void> {
  while (next < events) {
    const first = next;
    next += batch;
    const body = bodyOf(first);
    const due = rate === 0 ? 0 : began + (first / rate) * 1000 - performance.now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    const start = performance.now();
    await sendUntilAnswered(body);
    waits.push(performance.now() - start);
  }
}
await Promise.all(Array.from({ length: clients }, client));
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ events: waits.length * batch, seconds, cpuSeconds: (user + system) / 1e6, waits }));
agent.destroy();
