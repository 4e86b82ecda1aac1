import type { CallChainFacts, OwnerBudgetFacts, RunFolder } from "./run-folder.js";

/** What budgets did to owners in a whole run, warm-up included. */
export interface BudgetTotals {
  /** Demote, delay or reject: what becomes of what arrives for an owner over its budget. */
  readonly rule: string;
  readonly owners_with_a_budget: number;
  readonly owners_over_it: number;
  /** Invocations of all owners. */
  readonly demoted: number;
  readonly delayed: number;
  readonly rejected: number;
  /** The one whose spend was most above its allowance at any time, in dollars; null: nobody's was. */
  readonly most_over: (OwnerBudgetFacts & { readonly owner: string }) | null;
}

/** What a scheduler's options came to. Null: they were off, or the scheduler does not know them. */
export interface OptionTotals {
  readonly budgets: BudgetTotals | null;
  readonly call_chains: CallChainFacts | null;
}

/** What run.json says of the options that have counts of their own, as a summary has it. */
export function optionTotals({ manifest }: RunFolder, scheduler: string): OptionTotals {
  const { budgets, call_chains = null } = manifest.schedulers[scheduler]!.options ?? {};
  if (!budgets) return { budgets: null, call_chains };
  const { rule, owners_with_a_budget, owners_over_it } = budgets;
  const owners = Object.entries(budgets.owners).map(([owner, of]) => ({ owner, ...of }));
  const sum = (of: "demoted" | "delayed" | "rejected") => owners.reduce((total, owner) => total + owner[of], 0);
  const most = owners.reduce<(typeof owners)[number] | null>(
    (before, of) => (of.overrun > (before?.overrun ?? 0) ? of : before),
    null,
  );
  const acted = { demoted: sum("demoted"), delayed: sum("delayed"), rejected: sum("rejected") };
  return { budgets: { rule, owners_with_a_budget, owners_over_it, ...acted, most_over: most }, call_chains };
}
