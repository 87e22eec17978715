// Loaded first into the process that the launcher starts. `kill -9` of the launcher cannot be passed on, so its end
// is seen here, as the end of the channel between the two: nobody who kills footfall is left with half of it running.
'use strict';
if (require('node:worker_threads').isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}
