import { expect, test } from 'vitest';
import { runCommand, tail } from '../../../local/endpoint/run-command.ts';

test('a command gives its code and its output, failing or not', async () => {
  const script = 'echo one; echo two >&2; printf three; exit 3';
  const run = await runCommand('/bin/sh', ['-c', script], { timeoutMs: 20_000 });
  expect(run).toMatchObject({ code: 3, stdout: 'one\nthree' });
  for (const said of ['one\n', 'two\n', 'three']) expect(run.output).toContain(said);
});

test('a command that takes too long is ended', async () => {
  const run = runCommand('/bin/sh', ['-c', 'exec sleep 60'], { timeoutMs: 100 });
  await expect(run).rejects.toThrow('/bin/sh -c exec sleep 60 did not end within 0.1 s');
});

test('a command that is not there is an error in words', async () => {
  await expect(runCommand('/nowhere/cdk', ['deploy'], { timeoutMs: 1_000 })).rejects.toThrow(
    /could not run \/nowhere\/cdk deploy: .*ENOENT/,
  );
});

test('the tail of an output is its last lines', () => {
  expect(tail('a\nb\r\nc\n\n', 2)).toBe('b\nc');
});
