import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { FootfallError } from '../../core/errors/footfall-error.ts';

/** Paths as given, with globs replaced by the files that they match, in name order. @throws source.empty_glob */
export const expandPaths = async (given: readonly string[]): Promise<string[]> => {
  const paths: string[] = [];
  for (const path of given) {
    if (path === '-' || existsSync(path) || !/[*?[\]{}]/.test(path)) {
      paths.push(path);
      continue;
    }
    const matches: string[] = [];
    for await (const match of glob(path)) matches.push(match);
    if (matches.length === 0) throw new FootfallError('source.empty_glob', { pattern: path });
    paths.push(...matches.sort());
  }
  return [...new Set(paths)];
};
