import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as z from 'zod';

const root = new URL('../../', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({
    engines: z.object({ node: z.string() }),
    dependencies: versions,
    devDependencies: versions,
    optionalDependencies: versions.default({}),
  })
  .parse(readJson('package.json'));
const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({ version: z.string().optional(), deprecated: z.string().optional() }),
    ),
  })
  .parse(readJson('package-lock.json'));

const direct = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
/** Names of all packages there are, however deep. */
const installed = Object.keys(lock.packages)
  .flatMap((path) => path.split('node_modules/').slice(1))
  .map((name) => name.replace(/\/$/, ''));

/** What could sign an order at a venue, or pay for one on a chain; this desk must be unable to. */
const SIGNERS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^ccxt/, 'places orders at a hundred exchanges'],
  [/binance/, 'a Binance client signs orders with an API secret'],
  [/coinbase/, 'a Coinbase client signs orders with an API key'],
  [/mexc/, 'a MEXC client signs orders with an API secret'],
  [/kalshi/, 'a Kalshi client signs orders with an RSA key'],
  [/polymarket/, 'a Polymarket client signs orders with a wallet'],
  [
    /^(ethers|web3|viem|wagmi|thirdweb)$|^(@ethersproject|@ethereumjs|web3-)|^@metamask\/|^@walletconnect\//,
    'signs with an Ethereum wallet',
  ],
  [/^@solana\/|^bitcoinjs-lib$|^@cosmjs\/|^@polkadot\/|^tronweb$/, 'signs with the wallet of another chain'],
  [
    /^@noble\/|^@scure\/|^(elliptic|secp256k1|tiny-secp256k1|ed25519-.*|tweetnacl|libsodium.*|node-forge|jsrsasign)$/,
    'elliptic curves and signatures',
  ],
  [/^(jose|jsonwebtoken|jws)$/, 'signs the tokens that venues take with an order'],
];

test.each(Object.entries(direct))(
  '%s is pinned to the exact version %s, which is the locked one',
  (name, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
  },
);

test('every npm script runs on Node 24, whatever Node the host has', () => {
  expect(manifest.devDependencies['node']).toMatch(/^24\./);
  expect(manifest.engines.node).toMatch(/^>=\d+$/);
  expect(process.versions.node).toMatch(/^24\./);
});

test('no package was deprecated when it was locked', () => {
  const deprecated = Object.entries(lock.packages).filter(([, { deprecated: why }]) => why !== undefined);
  expect(deprecated).toEqual([]);
});

test.each(SIGNERS)('no package matches %s: it %s', (pattern) => {
  expect(installed.length).toBeGreaterThan(50);
  expect(installed.filter((name) => pattern.test(name))).toEqual([]);
});

test.each([
  'ccxt',
  'node-binance-api',
  '@coinbase/advanced-sdk-ts',
  'kalshi-typescript',
  '@polymarket/clob-client',
  'ethers',
  '@noble/curves',
  'jose',
])('%s would be noticed', (name) => {
  expect(SIGNERS.some(([pattern]) => pattern.test(name))).toBe(true);
});

/** Product sources: what runs on a desk, not its tests. */
const sources = ['core', 'adapters', 'fargate', 'lambdas', 'local', 'lib', 'bin'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);

/** Kalshi's stream wants its opening signed (docs/adr/0014). */
const THE_SIGNER = 'adapters/venues/kalshi/signing.ts';

test('no source file but one signs anything, and none names a door through which an order could go', () => {
  expect(sources.length).toBeGreaterThan(100);
  const signing = /createHmac|createSign|createPrivateKey|subtle|\/api\/v\d\/order|X-MBX-APIKEY|wallet/i;
  const found = sources.filter((path) =>
    signing.test(readFileSync(fileURLToPath(new URL(path, root)), 'utf8')),
  );
  expect(found).toEqual([THE_SIGNER]);
});

test('the one source file that signs knows one request only: the opening of a stream', () => {
  const text = readFileSync(fileURLToPath(new URL(THE_SIGNER, root)), 'utf8');
  expect(text).toContain("const METHOD = 'GET';\nconst PATH = '/trade-api/ws/v2';");
  // Once for each kind of key.
  expect(text.match(/\bsign\(/g)).toHaveLength(2);
  expect(text).not.toMatch(/POST|PUT|DELETE/);
});
