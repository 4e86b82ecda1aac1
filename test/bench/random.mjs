/** Mulberry32: uniform numbers in [0, 1) from a seed, for bench data only. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

/** 64 hexadecimal digits that look like a sha256, of a number. */
export function hash64(number) {
  const next = random(number);
  let text = "";
  for (let i = 0; i < 8; i++)
    text += Math.floor(next() * 4294967296)
      .toString(16)
      .padStart(8, "0");
  return text;
}
