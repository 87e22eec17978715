import { type EpochMicros, parseInstant } from './instant.ts';

/**
 * Looks up the version of a dimension row that holds at an event's time: the latest `valid_from` that is not after it.
 * A version without `valid_from` holds from the beginning. Of two with one `valid_from` the later given wins.
 */
export function versionAt<Version extends { readonly valid_from?: string | null }>(
  versions: readonly Version[],
  idOf: (version: Version) => string,
): (id: string | null, at: EpochMicros) => Version | null {
  const from = (version: Version) =>
    version.valid_from == null ? Number.NEGATIVE_INFINITY : parseInstant(version.valid_from);
  const byId = Map.groupBy(versions, idOf);
  return (id, at) => {
    if (id === null) return null;
    let chosen: Version | null = null;
    for (const version of byId.get(id) ?? []) {
      if (from(version) <= at && (chosen === null || from(version) >= from(chosen))) chosen = version;
    }
    return chosen;
  };
}
