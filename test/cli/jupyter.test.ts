import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataFolder, findJupyter, installKernel, jupyterEnvironment, uninstallKernel } from "../../src/cli/jupyter.js";
import { register } from "../../src/cli/notebook.js";
import { call } from "./call.js";

const ROOT = join(import.meta.dirname, "../..");
let kernels: string;
beforeEach(() => {
  kernels = join(mkdtempSync(join(tmpdir(), "replaybook kernels ")), "kernels");
});
afterEach(() => rmSync(dirname(kernels), { recursive: true }));

describe("Jupyter", () => {
  const found = (...there: readonly string[]) => {
    const command = findJupyter((program, [first]) => there.includes(`${program} ${first}`) || there.includes(program));
    return command && [command.program, ...command.args].join(" ");
  };

  it("is JupyterLab before Jupyter Notebook, and either before uvx", () => {
    expect(found("jupyter lab", "jupyter notebook", "uvx")).toBe("jupyter lab");
    expect(found("jupyter notebook", "uvx")).toBe("jupyter notebook");
    expect(found("/usr/bin/jupyter notebook", "uvx")).toBe("/usr/bin/jupyter notebook");
    expect(found("uvx")).toBe("uvx --from jupyterlab jupyter-lab");
    expect(found()).toBeNull();
  });

  it("finds the kernel in the checkout, and the kernel this Node", () => {
    const env = jupyterEnvironment({ JUPYTER_PATH: "theirs", PATH: "bin" });
    expect(env["JUPYTER_PATH"]).toBe(`${join(ROOT, "notebooks/jupyter")}${delimiter}theirs`);
    expect(env["PATH"]).toBe(`${dirname(process.execPath)}${delimiter}bin`);
  });

  it.each([
    ["linux", {}, "/home/a/.local/share/jupyter"],
    ["linux", { XDG_DATA_HOME: "/data" }, "/data/jupyter"],
    ["darwin", {}, "/home/a/Library/Jupyter"],
    ["win32", { APPDATA: "/roaming" }, "/roaming/jupyter"],
    ["darwin", { JUPYTER_DATA_DIR: "/mine" }, "/mine"],
  ])("has its data, on %s with %o, in %s", (platform, env, folder) => {
    expect(dataFolder({ HOME: "/home/a", ...env }, platform)).toBe(folder);
  });
});

describe("the kernel", () => {
  it("is installed with absolute paths, so that it is found from anywhere, and again over itself", () => {
    for (let times = 0; times < 2; times++) expect(installKernel(kernels, false)).toBe(join(kernels, "tslab"));
    const { argv, display_name, language } = JSON.parse(readFileSync(join(kernels, "tslab/kernel.json"), "utf8"));
    const launch = join(ROOT, "notebooks/jupyter/kernels/tslab/launch.cjs");
    expect(argv).toEqual([process.execPath, launch, "{connection_file}"]);
    expect(existsSync(launch)).toBe(true);
    expect([display_name, language]).toEqual(["TypeScript (replaybook)", "typescript"]);
  });

  it("does not replace another of its name, unless forced to", () => {
    mkdirSync(join(kernels, "tslab"), { recursive: true });
    writeFileSync(join(kernels, "tslab/kernel.json"), '{"display_name":"TypeScript"}');
    expect(() => installKernel(kernels, false)).toThrow(
      `invalid kernel: ${join(kernels, "tslab")} (a kernel of that name is there, and not this one); expected --force to replace it`,
    );
    expect(uninstallKernel(kernels)).toBeNull();
    installKernel(kernels, true);
    expect(uninstallKernel(kernels)).toBe(join(kernels, "tslab"));
    expect(existsSync(join(kernels, "tslab"))).toBe(false);
  });

  it("is not installed and removed at once", async () => {
    await expect(call(register, "notebook", "--install-kernel", "--uninstall-kernel")).rejects.toThrow(
      "invalid option: --uninstall-kernel (with --install-kernel); expected one of the two",
    );
  });
});
