/**
 * What the process answers to the shell. Scripts rely on these numbers: they never change their meaning.
 * @example process.exitCode = EXIT.store.code
 */
export const EXIT = {
  ok: { code: 0, meaning: 'done' },
  failed: { code: 1, meaning: 'the command ran, and what it checked is not so (`verify` found a difference)' },
  usage: { code: 2, meaning: 'the command, an option, the configuration or a view declaration is wrong' },
  input: { code: 3, meaning: 'the input cannot be read or does not fit' },
  store: { code: 4, meaning: 'the data folder cannot be used' },
  external: { code: 5, meaning: 'another system failed' },
  internal: { code: 70, meaning: 'a defect in Footfall' },
  interrupted: { code: 130, meaning: 'stopped by Ctrl-C; nothing read is lost, the same command goes on' },
} as const;

export type ExitName = keyof typeof EXIT;
