import { fileURLToPath } from 'node:url';

/** A frame's place: `at view (file:///shop/footfall.config.ts:12:3)` or `at /shop/footfall.config.ts:12:3`. */
const FRAME = /^\s*at (?:.*\()?(.+?):(\d+):\d+\)?$/;
/** The functions of this folder, which are above the declaration on every stack. */
const OWN = /[/\\]src[/\\]view[/\\][a-z-]+\.ts$/;

/**
 * File and line of the declaration that a stack goes back to: the nearest frame that is not one of the checks.
 * @returns undefined where the stack does not tell
 * @example declaredAt(new Error().stack) // '/home/me/shop/footfall.config.ts:12'
 */
export function declaredAt(stack: string | undefined): string | undefined {
  for (const line of (stack ?? '').split('\n').slice(1)) {
    const [, path, number] = FRAME.exec(line) ?? [];
    if (path === undefined || OWN.test(path) || path.startsWith('node:')) continue;
    return `${path.startsWith('file:') ? fileURLToPath(path.replace(/\?.*$/, '')) : path}:${number}`;
  }
  return undefined;
}
