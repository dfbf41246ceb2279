import { expect, test } from 'vitest';
import { openLiveFeed } from '../../../local/feeds/open-live-feed.ts';
import { serveVenue } from '../../../local/venue-simulator/serve.ts';
import { configOf, rawConfig } from '../../support/desk.ts';

test('scores come from the host that the configuration names', async () => {
  const options = { venue: 'espn', seed: 7, port: 0, symbols: 1, stepMs: 100, faultHours: 0 };
  const { server } = await serveVenue(options);
  const stop = new AbortController();
  const notes: string[] = [];
  try {
    const scores = { leagues: ['nfl'], host: `${server.hosts.rest}/` };
    const feed = openLiveFeed(configOf({ ...rawConfig(), scores }), [], {}, (_, note) => notes.push(note));
    const channels: string[] = [];
    for await (const item of feed.frames(stop.signal))
      if ('channel' in item && channels.push(item.channel) === 1) break;
    expect(channels).toEqual([expect.stringContaining('nfl')]);
    expect(notes).toEqual([]);
  } finally {
    stop.abort();
    await server.close();
  }
});
