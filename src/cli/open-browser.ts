import { spawn } from 'node:child_process';
import { startedAgainAt } from '../runtime/serve/launcher-link.ts';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

/** Opens a page in the browser of whoever sits before the terminal; where there is no browser, nothing happens. */
export function openBrowser(url: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? [];
  const { env } = process;
  const seen = process.platform !== 'linux' || env['DISPLAY'] !== undefined || env['WAYLAND_DISPLAY'] !== undefined;
  // After a crash the page is still open.
  if (command === undefined || !seen || startedAgainAt() !== undefined) return;
  const opening = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  opening.on('error', () => undefined);
  opening.unref();
}
