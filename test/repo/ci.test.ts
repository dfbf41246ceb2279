import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const steps = [...read('.ci/run').matchAll(/^step (npm .+)$/gm)].map(([, command]) => command);

test('CI runs every part of the check that a person runs, in its order', () => {
  const parts = (scripts['check'] ?? '').split(' && ');
  expect(parts.length).toBeGreaterThan(4);
  expect(steps.filter((one) => parts.includes(one ?? ''))).toEqual(parts);
});

test('CI runs every suite but the two long ones, of which `npm test` has short versions', () => {
  const long = ['test:crash', 'test:soak'];
  const suites = Object.keys(scripts).filter((name) => name.startsWith('test:') && !long.includes(name));
  expect(steps).toEqual(expect.arrayContaining(suites.map((name) => `npm run ${name}`)));
});

test.each(steps.filter((one) => one?.startsWith('npm run ')))('%s is a script there is', (command) => {
  expect(scripts).toHaveProperty([String(command).replace('npm run ', '')]);
});

test('what CI runs for the tests is what the README tells', () => {
  expect(steps).toContain('npm test');
  expect(read('README.md')).toMatch(/^npm test /m);
});
