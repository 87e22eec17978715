/** Why a long command ended before its end. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Stop on request: the first Ctrl-C or SIGTERM aborts the signal, a second ends the process at once. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Gives the signals back to Node's own handling. */
  release(): void;
}

export function stopSignal(onFirst: () => void): StopSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    onFirst();
    controller.abort(new Stopped('stopped on request'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
