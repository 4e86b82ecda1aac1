import { RESIDENT, STATE } from "./memory-machines.js";
import { END, GROWTH, IN_SWAP, MEMORY, PLACE, SWAP_INS, SWAP_OUTS } from "./memory-records.js";
import { type MemoryLimits, TOLERANCE } from "./memory-settlement.js";
import { MIB, type Observer } from "./observer.js";
import { AT_DOOR, NOTHING, READ, SwapTransfers } from "./swap-transfers.js";
import { type MachineTimes, STALL, TimedMachines, type TimedPlaces, TRANSFER } from "./timed-machines.js";
import { TransferSettlement } from "./transfer-settlement.js";

/** What takes time on a machine, moving memory included. */
export interface TransferTimes extends MachineTimes {
  /** MiB that move between RAM and swap in a second, on each machine, > 0; Infinity: moving takes no time. */
  readonly swapBandwidth: number;
}

/** What came of it that moving takes time. */
export interface TransfersReport {
  /** Seconds that transfers took, on all machines together. */
  readonly busy_s: number;
  /** Reads that were asked for and not finished, as something else came to need the room. */
  readonly reads_given_up: number;
  /** Arrivals for whose memory there was no room at once, and that were not moved to swap or killed at once either. */
  readonly held_back: number;
  /** Times that an invocation stalled. */
  readonly stalls: number;
}

/**
 * TimedMachines on which moving memory takes time: each has a channel between RAM and swap that moves one invocation at
 * a time, whole, and serves first who came first; see SwapTransfers. Who is moved, and who is killed, is decided as where
 * moving takes no time, with what has been decided before regarded as done; see TransferSettlement.
 *
 * - A victim stops at once. It is in RAM until it is written, and in swap from then on, where room is kept for it from the
 *   start. A write that was asked for is always carried out; only then can its invocation come back.
 * - What comes back is in swap until it is read, and runs, if it is its turn, when it is. The read waits for its room: for
 *   the writes that were asked for before, and for as many later ones as it takes. Its room in RAM is taken from its start.
 * - An arrival without room, that does not have to go to swap itself, waits at the door until writes have made it. There
 *   it holds nothing, and counts as placed, for those who place others, but is told to be once it is let in. The first in
 *   run order goes first. A sandbox starts at the door as it does in swap. One that has to go to swap is there at once.
 * - Nothing grows beyond the RAM: when that is full and something in it is still to be written, what has a core and grows
 *   stalls. It keeps its core, is told to be preempted, though it does not count as that, and goes on when there is room.
 *
 * A move is told when it is done. State's RESIDENT is all that is spoken for: what is in RAM, to be read, or at the door.
 */
export class TransferMachines extends TimedMachines {
  private readonly transfers: SwapTransfers;
  private readonly moves: TransferSettlement;
  /** What grows has just filled the RAM. */
  private full = false;
  private stalls = 0;
  private heldBack = 0;

  constructor(
    machines: number,
    cores: number,
    classes: number,
    limits: MemoryLimits,
    times: TransferTimes,
    observer: Observer,
  ) {
    const made: TransferSettlement[] = [];
    super(machines, cores, classes, limits, times, observer, (places) => {
      const transfers = new SwapTransfers(machines, classes, places.live, times.swapBandwidth);
      made.push(new TransferSettlement({ ...places, transfers }, limits, times.contextSwitch, observer));
      return made[0]!;
    });
    this.moves = made[0]!;
    this.transfers = this.moves.transfers;
  }

  override places(): TimedPlaces & { readonly transfers: SwapTransfers } {
    return { ...super.places(), transfers: this.transfers };
  }

  override stop(now: number): void {
    super.stop(now);
    const { live, transfers } = this;
    for (let m = 0; m < this.machines; m++) {
      for (let id = transfers.writes.first(m); id >= 0; id = transfers.writes.after(id)) {
        if (live.starting(id)) continue;
        live.waited(id);
        this.tellUnfinished(m, id);
      }
      for (let id = transfers.reads.first(m); id >= 0; id = transfers.reads.after(id)) {
        live.waitedInSwap(id);
        this.tellUnfinished(m, id);
      }
    }
  }

  /** What came of it that moving takes time, so far. */
  transfersReport(): TransfersReport {
    const { busy, givenUp } = this.transfers;
    return { busy_s: busy, reads_given_up: givenUp, held_back: this.heldBack, stalls: this.stalls };
  }

  /** One at the door has not been placed as far as anybody was told: whoever placed it tells of its end. */
  protected override tellUnfinished(m: number, id: number): void {
    if (this.transfers.kind(id) !== AT_DOOR) super.tellUnfinished(m, id);
  }

  protected override admit(m: number, id: number): void {
    this.transfers.hold(m, id);
    this.settlement.settle(m, -1, false);
    this.letIn(m);
    if (this.transfers.kind(id) === AT_DOOR) this.heldBack++;
  }

  protected override perform(m: number, kind: number): void {
    if (kind === TRANSFER) this.transferred(m);
    else if (kind === STALL) this.full = true;
    else super.perform(m, kind);
  }

  protected override startedUp(m: number, id: number): void {
    const kind = this.transfers.kind(id);
    if (kind === NOTHING) {
      super.startedUp(m, id);
      return;
    }
    this.starting.remove(m, id);
    this.live.startedUp(id);
  }

  protected override look(m: number): void {
    const { ram, state, transfers } = this;
    const at = m * STATE;
    this.letIn(m);
    if (transfers.current[m]! < 0) {
      const next = transfers.next(m, ram + TOLERANCE - this.held(m));
      if (next >= 0) transfers.begin(m, next);
    }
    const held = this.held(m);
    const { door, reading, writes, writing } = transfers;
    const pending = writes.first(m) >= 0;
    this.stallOrGoOn(m, pending && (this.full || held >= ram - TOLERANCE));
    this.full = false;
    this.measure(m);
    const resident = state[at + RESIDENT]! + sumOf(door.memory, m) + sumOf(reading.memory, m);
    state[at + RESIDENT] = pending ? resident + sumOf(writing, m) : resident;
    this.foresee(m, ram - resident, transfers.done[m]!, pending ? ram - held : Number.POSITIVE_INFINITY);
  }

  /** MiB in the RAM of machine m, or that the read under way takes. */
  private held(m: number): number {
    const { writes, writing } = this.transfers;
    this.measure(m);
    const held = this.state[m * STATE + RESIDENT]! + this.transfers.incoming(m);
    return writes.first(m) < 0 ? held : held + sumOf(writing, m);
  }

  /** Lets in who waits at the door of machine m and has room, as far as it goes. */
  private letIn(m: number): void {
    const { live, moves, transfers } = this;
    const { door, writes } = transfers;
    while (door.count[m]! > 0) {
      const id = door.first(m);
      // Where nothing is to be written, there is room for all that has been let stay.
      if (writes.first(m) >= 0 && this.held(m) + live.data[id + MEMORY]! > this.ram + TOLERANCE) return;
      door.remove(m, id);
      live.waited(id);
      moves.enter(m, id);
      moves.settle(m, id, false);
    }
  }

  /** The transfer under way on machine m is done. */
  private transferred(m: number): void {
    const { live, settlement, swapped, transfers } = this;
    const { data, links } = live;
    const id = transfers.finish(m);
    const kind = transfers.kind(id);
    transfers.release(id);
    if (kind === READ) {
      live.waitedInSwap(id);
      swapped.memory.subtract(m, id);
      data[id + SWAP_INS]!++;
      this.tell(id);
      this.observer.onSwappedIn(m);
      settlement.settle(m, id, false);
      return;
    }
    live.waited(id);
    if (live.starting(id)) links[(id >> 2) + PLACE]! |= IN_SWAP;
    else {
      swapped.memory.subtract(m, id);
      swapped.insert(m, id);
    }
    data[id + SWAP_OUTS]!++;
    this.tell(id);
    this.observer.onSwappedOut(m);
    settlement.settle(m, -1, false);
  }

  /** What has a core of machine m and grows stalls, or what has stalled goes on. */
  private stallOrGoOn(m: number, stall: boolean): void {
    const { cores, live, observer, running } = this;
    const { data } = live;
    const changing: number[] = [];
    for (let p = m * cores; p < m * cores + running.count[m]!; p++) {
      const id = running.ids[p]!;
      const grows = data[id + GROWTH]! > 0 && data[id + END]! > live.now[0]!;
      if (stall ? grows : live.stalled(id)) changing.push(id);
    }
    for (const id of changing) {
      running.remove(m, id);
      if (stall) live.stall(id);
      else live.switched(id);
      running.insert(m, id);
      this.tell(id);
      if (stall) observer.onPreempted(m);
      else observer.onStarted(m);
    }
    if (stall) this.stalls += changing.length;
  }

  protected override tell(id: number): void {
    super.tell(id);
    this.observer.facts[MIB] = this.live.data[id + MEMORY]!;
  }
}

function sumOf({ total, error }: { readonly total: Float64Array; readonly error: Float64Array }, m: number): number {
  return total[m]! + error[m]!;
}
