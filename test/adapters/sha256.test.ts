import { expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';

test.each([
  // The two examples of FIPS 180-2 and the empty text.
  { text: '', hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  { text: 'abc', hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  {
    text: 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    hash: '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  },
])("hashes '$text' as the standard says", ({ text, hash }) => {
  expect(sha256(text)).toBe(hash);
});

test('hashes the UTF-8 bytes of a text', () => {
  expect(sha256('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
});
