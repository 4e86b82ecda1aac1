const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Where a function with one maximum in [from, to] has it, to within `width`. Golden-section search. */
export function maximum(f: (x: number) => number, from: number, to: number, width: number): number {
  let a = from;
  let b = to;
  let left = b - GOLDEN * (b - a);
  let right = a + GOLDEN * (b - a);
  let atLeft = f(left);
  let atRight = f(right);
  while (b - a > width) {
    if (atLeft >= atRight) {
      b = right;
      right = left;
      atRight = atLeft;
      left = b - GOLDEN * (b - a);
      atLeft = f(left);
    } else {
      a = left;
      left = right;
      atLeft = atRight;
      right = a + GOLDEN * (b - a);
      atRight = f(right);
    }
  }
  return atLeft >= atRight ? left : right;
}

/**
 * Where f, below zero at `inside` and not below it at `outside`, reaches zero between them, to within `width`. Regula
 * falsi with the Illinois rule, which never leaves the bracket.
 */
export function crossing(f: (x: number) => number, inside: number, outside: number, width: number): number {
  let a = inside;
  let b = outside;
  let fa = f(a);
  let fb = f(b);
  if (fa >= 0) return a;
  if (fb < 0) return b;
  for (let i = 0; i < 200 && Math.abs(b - a) > width; i++) {
    const chord = Number.isFinite(fb) ? (a * fb - b * fa) / (fb - fa) : Number.NaN;
    // A chord that hugs an end or is undefined halves instead.
    const x = chord > Math.min(a, b) && chord < Math.max(a, b) && i % 4 !== 3 ? chord : (a + b) / 2;
    const fx = f(x);
    if (fx < 0) {
      a = x;
      fa = fx;
      fb /= 2;
    } else {
      b = x;
      fb = fx;
      fa /= 2;
      if (fx === 0) return x;
    }
  }
  return (a + b) / 2;
}
