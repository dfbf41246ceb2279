import { expect, test } from 'vitest';
import { SendQueue } from '../../../../adapters/venues/session/send-queue.ts';
import { epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { toyProtocol } from '../../../support/scripted-venue.ts';

function opened(sendsPerSecond: number, sendBurst: number) {
  const timers = new VirtualTimers(epochMs(0));
  const out: string[] = [];
  const { limits } = toyProtocol();
  const queue = new SendQueue({ ...limits, sendsPerSecond, sendBurst }, timers, (text) =>
    out.push(`${text ?? '<ping>'}@${timers.now()}`),
  );
  const push = (texts: string, sent?: () => void): void =>
    queue.push(
      texts.split('').map((text) => ({ text })),
      sent,
    );
  return { timers, out, queue, push };
}

test('sends its burst at once and the rest within the rate', () => {
  const { timers, out, push } = opened(2, 2);
  push('abcd');
  timers.runUntil(epochMs(5_000));
  expect(out).toEqual(['a@0', 'b@0', 'c@500', 'd@1000']);
});

test('tells when the last has gone out, at once where there is nothing to send', () => {
  const { timers, out, push } = opened(2, 1);
  push('', () => out.push('nothing'));
  push('ab', () => out.push(`sent@${timers.now()}`));
  push('c');
  timers.runUntil(epochMs(5_000));
  expect(out).toEqual(['nothing', 'a@0', 'b@500', 'sent@500', 'c@1000']);
});

test('answers and signs of life go first, and count as others do', () => {
  const { timers, out, queue, push } = opened(2, 1);
  push('abc');
  queue.hurry('pong');
  queue.hurry(null);
  timers.runUntil(epochMs(5_000));
  expect(out).toEqual(['a@0', 'pong@500', '<ping>@1000', 'b@1500', 'c@2000']);
});

test('a venue that asks for answers without end gets 64 of them', () => {
  const { timers, out, queue, push } = opened(1_000, 1);
  push('a');
  for (let n = 0; n < 200; n += 1) queue.hurry(`pong${n}`);
  timers.runUntil(epochMs(5_000));
  expect(out.length).toBe(65);
});

test('sends nothing after it was stopped, and waits for nothing', () => {
  const { timers, out, queue, push } = opened(2, 1);
  push('ab');
  queue.stop();
  push('c');
  expect(timers.nextAt()).toBeNull();
  const idle = opened(2, 1);
  idle.queue.stop();
  idle.push('d');
  expect([...out, ...idle.out]).toEqual(['a@0']);
});
