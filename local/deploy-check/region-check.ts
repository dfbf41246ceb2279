import type { RawVenues } from '../../core/config/venues-schema.ts';
import type { VenueId } from '../../core/market/instrument.ts';
import { liveVenues } from '../feeds/open-live-feed.ts';
import type { DeployFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { amiss, well } from './finding.ts';
import { deployCommand } from './stack-checks.ts';

/** What is known of a venue and the place it is asked from; docs/venues.md has the sources. */
interface PlaceRule {
  readonly regions: RegExp;
  /** Where it does not answer, instead of what may only be so. */
  readonly isRefused: boolean;
  readonly words: string;
  /** In the configuration, without another region; null when there is no such way. */
  readonly otherWay: string | null;
}

/** Judged from where the stack is, else from where it will be: its feed is where its functions are. */
export function regionCheck(facts: DeployFacts): Finding {
  const { place, configFile, stack } = facts;
  const check = 'region';
  const found = stack.kind === 'known' ? (stack.value?.region ?? null) : null;
  const region = found ?? place.region;
  const where = `${region} (${found === null ? '' : `where ${place.stackName} is; `}of ${place.regionFrom})`;
  // There the feed runs on this very machine, whatever the region is called.
  if (place.endpoint !== null)
    return well(check, `${where} at ${place.endpoint}; the feed is on this machine`);
  // An invalid file is a finding of its own, and says nothing of venues.
  if (configFile.result.kind === 'invalid') return well(check, where);
  const { config } = configFile.result;
  if (config.feed.source === 'demo') return well(check, `${where}; the demo market asks no venue`);
  const venues = liveVenues(config);
  const rules = venues.flatMap((venue) => ruleOf(venue, config.access, region) ?? []);
  const refused = rules.find((one) => one.isRefused);
  if (refused === undefined)
    return well(
      check,
      [`${where}: open to ${venues.join(', ')}`, ...rules.map((one) => one.words)].join('; '),
    );
  return amiss(
    check,
    `${where}: ${refused.words}, so that the feed would see nothing of it`,
    [...otherWays(refused, facts), anotherRegion(facts, found !== null)].join('; or '),
  );
}

const US = /^us-/;

/** Null where a venue answers from the region as far as is known. A host of one's own is one's own affair. */
function ruleOf(venue: VenueId, access: RawVenues, region: string): PlaceRule | null {
  const { ws, rest } = access[venue]?.hosts ?? { ws: null, rest: null };
  const rule = ws === null && rest === null ? RULES[venue]?.(access) : undefined;
  return rule?.regions.test(region) ? rule : null;
}

const RULES: Readonly<Partial<Record<VenueId, (access: RawVenues) => PlaceRule>>> = {
  binance: ({ binance }) =>
    binance?.environment === 'live'
      ? {
          regions: US,
          isRefused: true,
          words: 'binance answers 451 to addresses in the US at the hosts of environment live',
          otherWay: 'venues.binance.environment to market-data, which has the same prices on other hosts',
        }
      : {
          regions: US,
          isRefused: false,
          words: `binance refuses the US at its own hosts; those of environment ${binance?.environment} are said to answer there, which was not tried`,
          otherWay: null,
        },
  polymarket: () => ({
    regions: US,
    isRefused: false,
    words:
      'polymarket refuses orders from the US; that its public data can be read there was not tried (eu-west-2 is nearest to it)',
    otherWay: null,
  }),
  mexc: () => ({
    regions: /^(?!ap-northeast-1$|ap-southeast-1$)/,
    isRefused: false,
    words:
      'mexc suggests Japan or Singapore (ap-northeast-1, ap-southeast-1) and is reported to refuse some other places',
    otherWay: null,
  }),
};

const otherWays = (
  { otherWay }: PlaceRule,
  { stage, configFile: { path } }: DeployFacts,
): readonly string[] =>
  otherWay === null
    ? []
    : [`Set ${otherWay}, in ${path}, and push it: npx deckle --stack ${stage.name} config push ${path}`];

function anotherRegion({ stage, place }: DeployFacts, isDeployed: boolean): string {
  const setting = `'region' of stage ${stage.name} in stages.yaml`;
  return isDeployed
    ? `npx cdk destroy --context stage=${stage.name}, set ${setting} to another one, e.g. eu-west-1, and ${deployCommand({ stage, place })}`
    : `Set ${setting} to another one, e.g. eu-west-1`;
}
