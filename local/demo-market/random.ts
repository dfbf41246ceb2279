/**
 * A reproducible stream of chance. The label gives each part of the market its own stream, so that one part drawing more
 * often never changes another. Only integer arithmetic and `+ - * / sqrt` are used: these are exact to the bit by the
 * standard, unlike `Math.log` or `Math.exp`, and the very same market must come out on every machine.
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, label: string) {
    const word = labelWords(`${seed}/${label}`);
    this.#a = word();
    this.#b = word();
    this.#c = word();
    // The first outputs of neighboring seeds are related; twelve rounds mix them.
    for (let round = 0; round < 12; round += 1) this.#word();
  }

  /** Uniform in [0, 1), in steps of 2^-32. */
  next(): number {
    return this.#word() / 4_294_967_296;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Uniform whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Waiting time of a memoryless process; the result is in the unit of `mean`. */
  exponential(mean: number): number {
    return -mean * naturalLog(1 - this.next());
  }

  /** Bell-shaped with mean 0 and deviation 1, never beyond 3.5: the sum of four uniforms. */
  bell(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * ROOT_3;
  }

  /** @throws RangeError when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.next() * from.length)];
    if (one === undefined) throw new RangeError('nothing to pick from');
    return one;
  }

  /** One step of the sfc32 generator: an unsigned 32-bit word. */
  #word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

const ROOT_3 = Math.sqrt(3);

/** Natural logarithm of `x` in (0, 1], within 10^-10: halve into [1, 2), then the series of the inverse hyperbolic tangent. */
export function naturalLog(x: number): number {
  let mantissa = x;
  let halvings = 0;
  while (mantissa < 1) {
    mantissa *= 2;
    halvings += 1;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let term = ratio;
  let sum = 0;
  for (let odd = 1; odd < 22; odd += 2) {
    sum += term / odd;
    term *= square;
  }
  return 2 * sum - halvings * Math.LN2;
}

/** Words derived from a text (murmur3's mixing): different labels give unrelated states. */
function labelWords(text: string): () => number {
  let hash = 1_779_033_703 ^ text.length;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 3_432_918_353);
    hash = (hash << 13) | (hash >>> 19);
  }
  return () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507);
    hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909);
    hash ^= hash >>> 16;
    return hash;
  };
}
