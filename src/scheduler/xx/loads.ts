/**
 * What counts as a machine's load when a machine is chosen: every placed-and-unfinished invocation, or those of the same
 * or a higher class than the one to be placed. There is a view of the loads for each way of counting.
 */
export class Loads {
  /** By view, then by machine. */
  readonly of: readonly Int32Array[];
  private readonly classes: number;

  /** `all` is the disciplines' own count, by machine; `byClass`: there is a view for each of the classes. */
  constructor(all: Int32Array, classes: number, byClass: boolean) {
    this.classes = byClass ? classes : 1;
    this.of = byClass ? Array.from({ length: classes }, () => new Int32Array(all.length)) : [all];
  }

  /** The view for an invocation of a class. */
  view(priceClass: number): number {
    return this.classes === 1 ? 0 : priceClass;
  }

  /** An invocation of a class is placed on machine m. */
  placed(priceClass: number, m: number): void {
    if (this.classes === 1) return;
    for (let view = 0; view <= priceClass; view++) this.of[view]![m]!++;
  }

  /** One has ended there. */
  ended(priceClass: number, m: number): void {
    if (this.classes === 1) return;
    for (let view = 0; view <= priceClass; view++) this.of[view]![m]!--;
  }
}
