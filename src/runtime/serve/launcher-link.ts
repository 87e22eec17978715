/** What the launcher is told by a command that serves; it starts one again that crashed or is not heard of any more. */
type ToLauncher =
  | { readonly footfall: 'serving' | 'beat' }
  | {
      readonly footfall: 'ready';
      /** Where it is found again after a crash, even if any free port would have done. */
      readonly port: number;
    };

/** Between two signs of life. */
const BEAT_EVERY = 1_000;

const tell = (message: ToLauncher): void => {
  // Whoever runs without the launcher has nobody to tell; one that is gone ends this process anyway.
  process.send?.(message, undefined, undefined, () => undefined);
};

/** From here on a crash of this process does not end the command. */
export const tellServing = (): void => tell({ footfall: 'serving' });

/** It listens, and gives signs of life from here on: a main thread that gives none is ended. */
export function tellReady(port: number): void {
  tell({ footfall: 'ready', port });
  tell({ footfall: 'beat' });
  setInterval(() => tell({ footfall: 'beat' }), BEAT_EVERY).unref();
}

/** After a crash: the port that it was found at, so that it is found there again. Undefined at the first start. */
export function startedAgainAt(): number | undefined {
  const port = process.env['FOOTFALL_STARTED_AGAIN'];
  return port === undefined ? undefined : Number(port);
}
