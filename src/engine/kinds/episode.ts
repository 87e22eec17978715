import { episodeRows } from '../../compile/episode.ts';
import { stories } from './story.ts';

/** Stretches of a ledger's story in which too little was there. Slice: the key; what is over is left as it is. */
export const episodes = stories({ rows: episodeRows, goingOn: 'closed_at IS NULL' });
