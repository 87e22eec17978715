import type { Found } from '../../engine/erase/search-database.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import type { Shop } from '../../engine/shop.ts';
import type { Session } from '../../store/session.ts';

/** Where to look. */
export interface SearchedFolder {
  readonly folder: string;
  /** A connection to the database, for files that it reads. */
  readonly database: Session;
  readonly tombstones: Tombstones;
}

/** Files of a data folder, besides its database, that may name people. */
export interface ErasedStore {
  /** Whoever writes them holds the database exclusively, and does not while they are written anew. */
  readonly exclusively?: true;
  /** Paths in the data folder of all that may be written anew. */
  files(folder: string): readonly string[];
  /** Looks for erased people in what is decoded, file by file. */
  search(where: SearchedFolder): Promise<readonly Found[]>;
  /**
   * Writes the files anew without them, where the database does not name them any more. It may be done twice, and be cut off
   * anywhere. A server goes on meanwhile, and has been told to let go.
   */
  rewrite(shop: Shop, folder: string): Promise<void>;
}

/** Lets requests be answered between two pieces of long work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
