import { writeFileSync } from 'node:fs';
import { type Debugger, Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import type { MainThreadWatch } from './watch-main-thread.ts';

/** Looks from a thread of its own whether the main thread goes on; where it does not, writes down what it is doing. */
const { beats, patience, path, parent } = workerData as MainThreadWatch;
const counter = new Int32Array(beats);
const LOOK_EVERY = patience / 5;

let last = -1;
let looks = 0;
setInterval(() => {
  const now = Atomics.load(counter, 0);
  looks = now === last ? looks + 1 : 0;
  last = now;
  if (looks === 5) takeStack();
  // The main thread would have seen the launcher's end, and does not.
  if (looks >= 5 && process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, LOOK_EVERY);

/** Stops the main thread for a moment. One that is in the middle of a call to the system has no stack to give. */
function takeStack(): void {
  const session = new Session();
  session.connectToMainThread();
  session.once('Debugger.paused', ({ params }) => {
    const stack = params.callFrames.map(frameText);
    writeFileSync(path, JSON.stringify({ pid: process.pid, at: new Date().toISOString(), stack }), { mode: 0o600 });
    session.post('Debugger.resume', () => session.disconnect());
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}

const frameText = ({ functionName, url, location }: Debugger.CallFrame): string =>
  `${functionName === '' ? 'unnamed' : functionName} ${url}:${location.lineNumber + 1}`;
