/** Sample answers, as published. Those of basketball, baseball and hockey are cut down to what is particular to them. */
export const NFL_LIVE = `{"id":"401772001","date":"2026-10-04T17:00Z","name":"Buffalo Bills at New England Patriots","shortName":"BUF @ NE","season":{"year":2026,"type":2,"slug":"regular-season"},"week":{"number":4},
 "competitions":[{"id":"401772001","date":"2026-10-04T17:00Z","neutralSite":false,
  "competitors":[
   {"id":"17","homeAway":"home","score":"17","team":{"id":"17","abbreviation":"NE","displayName":"New England Patriots"},"records":[{"type":"total","summary":"2-1"}],"linescores":[{"value":7},{"value":10},{"value":0}]},
   {"id":"2","homeAway":"away","score":"21","team":{"id":"2","abbreviation":"BUF","displayName":"Buffalo Bills"},"records":[{"type":"total","summary":"3-0"}],"linescores":[{"value":7},{"value":7},{"value":7}]}],
  "status":{"clock":485.0,"displayClock":"8:05","period":4,"type":{"id":"2","name":"STATUS_IN_PROGRESS","state":"in","completed":false,"description":"In Progress","detail":"8:05 - 4th Quarter","shortDetail":"8:05 - 4th"}},
  "situation":{"down":3,"distance":7,"yardLine":32,"downDistanceText":"3rd & 7 at NE 32","shortDownDistanceText":"3rd & 7","possessionText":"NE 32","possession":"2","isRedZone":false,"homeTimeouts":2,"awayTimeouts":3,
   "lastPlay":{"id":"4017720013221","type":{"id":"24","text":"Pass Reception"},"text":"…","scoreValue":0,"probability":{"homeWinPercentage":0.31,"awayWinPercentage":0.688,"tiePercentage":0.002}}}}]}`;

export const NBA_LIVE = `{"id":"401810123","competitions":[{"competitors":[{"homeAway":"home","score":"98","team":{"id":"13","abbreviation":"LAL"}},{"homeAway":"away","score":"101","team":{"id":"9","abbreviation":"GS"}}],
 "status":{"clock":372.0,"displayClock":"6:12","period":4,"type":{"id":"2","name":"STATUS_IN_PROGRESS","state":"in","completed":false,"detail":"6:12 - 4th Quarter","shortDetail":"6:12 - 4th"}}}]}`;

export const MLB_LIVE = `{"id":"401816130","competitions":[{"competitors":[{"homeAway":"home","score":"3","team":{"id":"10","abbreviation":"NYY"}},{"homeAway":"away","score":"2","team":{"id":"2","abbreviation":"BOS"}}],
 "status":{"clock":0.0,"displayClock":"0:00","period":5,"type":{"id":"2","name":"STATUS_IN_PROGRESS","state":"in","completed":false,"detail":"Top 5th","shortDetail":"Top 5th"}},
 "situation":{"balls":1,"strikes":2,"outs":1,"onFirst":true,"onSecond":false,"onThird":false}}]}`;

export const NHL_LIVE = `{"id":"401802222","competitions":[{"competitors":[{"homeAway":"home","score":"2","team":{"id":"21","abbreviation":"TOR"}},{"homeAway":"away","score":"1","team":{"id":"1","abbreviation":"BOS"}}],
 "status":{"clock":741.0,"displayClock":"12:21","period":2,"type":{"id":"2","name":"STATUS_IN_PROGRESS","state":"in","completed":false,"detail":"12:21 - 2nd Period","shortDetail":"12:21 - 2nd"}}}]}`;

/** A scoreboard of these events, each a JSON text. */
export const scoreboard = (...events: readonly string[]): string => `{"events":[${events.join(',')}]}`;

/** A sample with the start that the cut ones lack. */
export const starting = (event: string, date = '2026-10-04T17:00Z'): string =>
  event.replace('"competitions"', `"date":"${date}","competitions"`);

export interface WireStatusSample {
  readonly name: string;
  readonly state: string;
  readonly completed?: boolean;
  readonly period?: number;
}

/** The football sample with another status. */
export const withStatus = ({ name, state, completed = false, period = 4 }: WireStatusSample): string =>
  NFL_LIVE.replace(
    '"STATUS_IN_PROGRESS","state":"in","completed":false',
    `"${name}","state":"${state}","completed":${completed}`,
  ).replace('"period":4', `"period":${period}`);
