// The command line on a disk that has room for so many pages of the store: `full-disk-desk.ts PAGES start --once ...`.
import { DatabaseSync } from 'node:sqlite';
import { runCli } from '../../local/cli/cli.ts';

const [pages = '', ...args] = process.argv.slice(2);

process.exitCode = await runCli(args, undefined, {
  connect: (path) => {
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA max_page_count = ${Number(pages)}`);
    return database;
  },
});
