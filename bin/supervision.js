// What the launcher does when a server has ended. Decides only: plain JavaScript for any Node >= 18.
'use strict';

/** What the kernel's memory killer and a native assertion leave behind. */
const CRASHES = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGKILL'];
/** Answers that mean what they say: done, asked wrongly, stopped. Starting again would give the same one. */
const MEANT = [0, 2, 130];
/** Pauses before it is started again, for one crash after the other; a server that lived for a minute begins anew. */
const PAUSES = [100, 200, 400, 800, 1600];
const LIVED = 60_000;

/**
 * @param {{code: number | null, signal: string | null, ready: boolean, stopping: boolean, lived: number, crashes: number}} end
 *   of a server: `ready` once it listened, `lived` in milliseconds, `crashes` in a row before this one
 * @returns {{again: true, after: number, crashes: number} | {again: false, tooOften: boolean}}
 */
function afterEnd({ code, signal, ready, stopping, lived, crashes }) {
  const crashed = signal === null ? ready && !MEANT.includes(code) : CRASHES.includes(signal);
  if (stopping || !crashed) return { again: false, tooOften: false };
  const before = lived >= LIVED ? 0 : crashes;
  const after = PAUSES[before];
  return after === undefined ? { again: false, tooOften: true } : { again: true, after, crashes: before + 1 };
}

module.exports = { afterEnd };
