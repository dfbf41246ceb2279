// Takes a session's lock, says what came of it and stays until it is killed.
import { acquireSessionLock } from '../../../adapters/store/session-lock.ts';

const [path = ''] = process.argv.slice(2);
process.stdout.write(`${acquireSessionLock(path).kind}\n`);
setInterval(() => {}, 60_000);
