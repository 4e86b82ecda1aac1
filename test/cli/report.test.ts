import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/chromium.mjs";
import { CHARTS } from "../../src/chart/charts.js";
import { register } from "../../src/cli/report.js";
import { call } from "./call.js";
import { HOSTILE, HOSTILE_TRACE, hostileRun, plainRun } from "./hostile-run.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-report-test-"));
const at = (name: string) => join(here, name);
const report = (...args: readonly string[]) => call(register, "report", ...args);
/** All but those that compare several runs. */
const charts = Object.keys(CHARTS).filter((name) => name !== "p99-by-load");
let run = "";
let plain = "";
let page = "";

beforeAll(async () => {
  run = await hostileRun(here);
  plain = await plainRun(here);
  await report(run, "-o", at("report.html"));
  page = readFileSync(at("report.html"), "utf8");
});
afterAll(() => rmSync(here, { recursive: true }));

describe("replaybook report", () => {
  it("says the answer before anything else", () => {
    expect(page.indexOf('class="answer"')).toBeLessThan(page.indexOf("<svg"));
    expect(page).toContain("<p>xx: who pays most (class 2) is slowed down 1.00 times at the 99th percentile");
  });

  it("has every chart that the run has data for, drawn, with its specification", () => {
    const figures = [...page.matchAll(/<figure class="chart-([\w-]+)">\n<svg /g)].map((match) => match[1]);
    expect(figures).toEqual(charts);
    expect(page.split(": Vega-Lite specification</summary><pre>{").length - 1).toBe(charts.length);
  });

  it("has tables, the manifest, and the command lines that repeat the run", () => {
    const titles = [...page.matchAll(/<h3>(.*?)<\/h3>/g)].map((match) => match[1]);
    expect(titles).toEqual(
      expect.arrayContaining([
        "What happened",
        "Machines and memory",
        "Bills by class",
        "Capacity",
        "How to repeat it",
      ]),
    );
    expect(page).toContain("npx replaybook replay --from run/run.json -o again");
    expect(page).toContain("--scheduler xx,hermod --machines 4 --cores 5 --ram 12GiB --prices 1,2,3 -o again");
    expect(page).toContain("&quot;table_version&quot;");
  });

  it("can load nothing and run nothing: no script, no handler, no address but anchors", () => {
    expect(page).toContain("default-src &#39;none&#39;; style-src &#39;sha256-");
    const tags = page.match(/<[a-z][^>]*>/gi)!;
    expect(tags.filter((tag) => /^<(script|img|iframe|object|embed|link|form|base|h1>big)/i.test(tag))).toEqual([]);
    expect(
      tags.filter((tag) => /^[^"]*("[^"]*"[^"]*)*\s(on\w+|src|href)\s*=/i.test(tag.replace(/"[^"]*"/g, '""'))),
    ).toEqual([]);
  });

  it("is the same on every making", async () => {
    const ids = (name: string) => readFileSync(at(name), "utf8").replace(/(gradient_|clip)\d+/g, "$1");
    for (const name of ["first.html", "again.html"]) await report(plain, "-o", at(name));
    expect(ids("again.html")).toBe(ids("first.html"));
  });

  it("gives several runs a section each, told apart where their names are the same", async () => {
    await report(plain, plain, "-o", at("two.html"));
    const two = readFileSync(at("two.html"), "utf8");
    expect([...two.matchAll(/<h2>(.*?)<\/h2>/g)].map((match) => match[1])).toEqual(["plain", "plain (2)"]);
    expect(two).toContain('<li><a href="#run-2">plain (2)</a></li>');
    expect(new Set(two.match(/ id="[^"]*"/g)).size).toBe(two.match(/ id="[^"]*"/g)!.length);
  });

  it("replaces no page without --force, and leaves nothing behind where a run is none", async () => {
    writeFileSync(at("mine.html"), "mine");
    await expect(report(run, "-o", at("mine.html"))).rejects.toThrow("(-o, exists); expected a new name, or --force");
    expect(readFileSync(at("mine.html"), "utf8")).toBe("mine");
    await expect(report(at("none"), "-o", at("new.html"))).rejects.toThrow("invalid run: ");
    expect(existsSync(at("new.html"))).toBe(false);
    expect(readdirSync(here).filter((name) => name.includes("partial"))).toEqual([]);
  });
});

const chromium = findChromium();
if (chromium === null) console.warn("Chromium is not installed, so no report is opened in a browser");

describe.skipIf(chromium === null)("the report in a real Chromium", () => {
  let browser: Browser;
  let tab: Page;
  const said: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    const root = process.getuid?.() === 0;
    browser = await launch({ executablePath: chromium!, args: root ? ["--no-sandbox"] : [] });
    tab = await browser.newPage();
    tab.on("console", (message) => said.push(message.text()));
    tab.on("pageerror", (error) => said.push(String(error)));
    tab.on("dialog", (dialog) => said.push(dialog.message()));
    tab.on("request", (request) => asked.push(request.url()));
    await tab.goto(pathToFileURL(at("report.html")).href, { waitUntil: "networkidle0" });
  });
  afterAll(() => browser.close());

  it("draws every chart", async () => {
    const drawn = await tab.$$eval("figure svg", (all) =>
      all.map((svg) => {
        const marks = Array.from(svg.querySelectorAll("[class*='role-mark'] path, [class*='role-mark'] text"));
        const seen = marks.filter((mark) => {
          const { width, height } = mark.getBoundingClientRect();
          return width + height > 0;
        });
        return { width: svg.getBoundingClientRect().width, seen: seen.length };
      }),
    );
    expect(drawn).toHaveLength(charts.length);
    expect(drawn.filter(({ width, seen }) => width < 200 || seen === 0)).toEqual([]);
  });

  it("says nothing on the console and asks for nothing but the page", () => {
    expect(said).toEqual([]);
    expect(asked).toEqual([pathToFileURL(at("report.html")).href]);
  });

  it("shows hostile names as the text that they are", async () => {
    const found = await tab.evaluate(() => ({
      title: document.title,
      scripts: document.querySelectorAll("script, img, figure h1").length,
      owners: Array.from(document.querySelectorAll(".chart-cost-by-owner svg [aria-label]")).map(
        (mark) => mark.ariaLabel ?? "",
      ),
      labels: Array.from(document.querySelectorAll(".chart-cost-by-owner svg text")).map(
        (text) => text.textContent ?? "",
      ),
      text: document.body.textContent ?? "",
    }));
    expect(found.title).toBe("Who waits, and for how long? run");
    expect(found.scripts).toBe(0);
    for (const name of HOSTILE) expect(found.owners.some((label) => label.includes(name))).toBe(true);
    expect(found.labels).toContain(HOSTILE[4]);
    expect(found.text).toContain(HOSTILE_TRACE);
  });

  it("fits a phone: wide tables and charts scroll by themselves", async () => {
    await tab.setViewport({ width: 390, height: 800 });
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
