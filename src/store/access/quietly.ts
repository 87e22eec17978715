/** SQLite's code of an error; undefined for errors of others. */
export const codeOf = (cause: unknown): number | undefined => (cause as { errcode?: number }).errcode;

/** Notes what may be missing: a database that is busy or full keeps nothing else from being done. */
export function quietly(note: () => unknown): void {
  try {
    note();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}
