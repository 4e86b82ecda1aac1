import { Invalid } from "../../invalid.js";
import type { Dollars, MiB } from "../../units.js";
import { type Catalogue, catalogueNamed, PRICES } from "../prices.js";

/** Hours that catalogues count for a month: 8760 / 12. */
export const CATALOGUE_MONTH_H = 730;

/** What a machine of a run costs by the month of 730 hours. */
export interface MachineCost {
  /** A cost model of servers.json, or an instance of aws-ec2.json. */
  readonly id: string;
  readonly title: string;
  /** The machine itself with its network and upkeep, or the rent. */
  readonly machine: Dollars;
  /** Electricity with what distributes it and cools, and the building; 0 where the rent includes it. */
  readonly power: Dollars;
  readonly as_of: string;
  /** Some figure is from memory, not seen in its source. */
  readonly recalled: boolean;
}

/** Cost models of a machine that a provider owns: one server a machine, whatever its cores. */
const MODELS = ["hamilton2010", "today-low", "today-high", "barroso2013a"] as const;

/** The size of a run's machine: an instance is taken as often, or as much of one, as it takes. */
export interface MachineSize {
  readonly cores: number;
  /** Infinity: unlimited. */
  readonly ram: MiB;
}

/** A machine's cost by id. Throws Invalid, with what there is, for another id. */
export function machineCost(id: string, size: MachineSize, folder: string = PRICES): MachineCost {
  const model = MODELS.find((name) => name === id);
  if (model === undefined) return rented(id, size, folder);
  const catalogue = catalogueNamed("servers", folder);
  if (model === "hamilton2010") return hamilton(catalogue);
  if (model === "barroso2013a") return barroso(catalogue);
  return today(catalogue, model);
}

/** Every owned model, for comparison. */
export function ownedMachines(size: MachineSize, folder: string = PRICES): MachineCost[] {
  return MODELS.map((id) => machineCost(id, size, folder));
}

/** The best attested whole: its total by server, shared out. */
function hamilton(catalogue: Catalogue): MachineCost {
  const usd = catalogue.figure("hamilton2010.total_month", "USD/month");
  const servers = (["low", "high"] as const).map((end) => catalogue.figure(`hamilton2010.servers_${end}`, "servers"));
  const share = (of: string) => catalogue.figure(`hamilton2010.share.${of}`, "fraction");
  const server = (2 * usd) / (servers[0]! + servers[1]!);
  return {
    id: "hamilton2010",
    title: "Hamilton's data centre of 2010, all in",
    machine: server * (share("servers") + share("network") + share("other")),
    power: server * (share("power_cooling") + share("energy")),
    as_of: catalogue.item("hamilton2010.total_month").as_of ?? "2010",
    recalled: catalogue.recalled(["hamilton2010.total_month", "hamilton2010.share.servers"]),
  };
}

function barroso(catalogue: Catalogue): MachineCost {
  const figure = (of: string, unit: string) => catalogue.figure(`barroso2013a.${of}`, unit);
  const price = figure("server_price", "USD/server");
  const watts = figure("server_peak_power", "W");
  const interest = figure("interest", "fraction/year");
  const building = annuity(watts * figure("facility_per_watt", "USD/W"), interest, figure("facility_years", "years"));
  const kwh = (watts * figure("power_share", "fraction") * figure("pue", "ratio") * CATALOGUE_MONTH_H) / 1000;
  const upkeep = price * figure("maintenance", "fraction/year");
  return {
    id: "barroso2013a",
    title: "Barroso, Clidaras and Hölzle's case A",
    machine: (annuity(price, interest, figure("server_years", "years")) + upkeep) / 12,
    power: building / 12 + watts * figure("facility_opex", "USD/W-month") + kwh * figure("electricity", "USD/kWh"),
    as_of: "2012",
    recalled: catalogue.recalled(["barroso2013a.server_price"]),
  };
}

/** A server at either end of the published range, in equal parts over its life, and its electricity; without a building. */
function today(catalogue: Catalogue, id: "today-low" | "today-high"): MachineCost {
  const priced = `today.server_price_${id.slice(6)}`;
  const watts = catalogue.figure("hp6.server_power_at_40", "W");
  const kwh = (watts * catalogue.figure("today.pue.google", "ratio") * CATALOGUE_MONTH_H) / 1000;
  const years = catalogue.figure("today.server_years.amazon", "years");
  return {
    id,
    title: `a server today, ${id === "today-low" ? "lower" : "upper"} end of the range, no building`,
    machine: catalogue.figure(priced, "USD/server") / years / 12,
    power: kwh * catalogue.figure("today.electricity.virginia_industrial", "USD/kWh"),
    as_of: catalogue.item(priced).as_of ?? "2025",
    recalled: catalogue.recalled([priced]),
  };
}

/** A year's payment for what costs so much, over its life. */
function annuity(price: Dollars, interest: number, years: number): Dollars {
  if (interest === 0) return price / years;
  return (price * interest) / (1 - Math.exp(-years * Math.log(1 + interest)));
}

/** An instance by the hour: `m6i.2xlarge`, which is on demand, or an item's whole id. */
function rented(id: string, { cores, ram }: MachineSize, folder: string): MachineCost {
  const { item, vcpu, gib, catalogue } = instance(id, folder);
  const needed = Math.max(cores / vcpu, ram === Number.POSITIVE_INFINITY ? 0 : ram / 1024 / gib);
  return {
    id: item.id,
    title: `${item.description ?? item.id}${needed === 1 ? "" : `, ${Number(needed.toPrecision(3))} for a machine`}`,
    machine: needed * catalogue.figure(item.id, "USD/hour") * CATALOGUE_MONTH_H,
    power: 0,
    as_of: item.as_of ?? "unknown",
    recalled: catalogue.recalled([item.id]),
  };
}

/** An instance of aws-ec2.json with its shape. Throws Invalid for an id that is no instance. */
export function instance(id: string, folder: string = PRICES) {
  const catalogue = catalogueNamed("aws-ec2", folder);
  const shaped = catalogue.items.filter(({ unit, attributes }) => unit === "USD/hour" && attributes?.["vcpu"]);
  const item = shaped.find((item) => item.id === id || item.id === `${id}.on_demand`);
  const [vcpu, gib] = [Number(item?.attributes?.["vcpu"]), Number(item?.attributes?.["gib"])];
  if (item !== undefined && vcpu > 0 && gib > 0) return { item, vcpu, gib, catalogue };
  const types = shaped
    .filter((item) => item.id.endsWith(".on_demand"))
    .map((item) => item.id.replace(/\.on_demand$/, ""));
  throw new Invalid("machine", id, catalogue.path, `one of ${[...MODELS, ...types].join(", ")}`);
}
