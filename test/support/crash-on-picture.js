// Loaded by `node --import`: opening a picture named `crash.png` ends the process as the system does when memory is
// exhausted; with CRASH=worker its parent, too.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { open } = fs;
fs.open = async (path, ...rest) => {
  if (String(path).endsWith('crash.png')) {
    if (process.env.CRASH === 'worker') process.kill(process.ppid, 'SIGKILL');
    process.kill(process.pid, 'SIGKILL');
  }
  return open(path, ...rest);
};
syncBuiltinESMExports();
