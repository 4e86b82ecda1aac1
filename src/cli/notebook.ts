import type { Command } from "commander";
import { Invalid } from "../invalid.js";
import type { Register } from "./command.js";
import {
  findJupyter,
  HOW_TO_GET_JUPYTER,
  installKernel,
  startJupyter,
  uninstallKernel,
  userKernels,
} from "./jupyter.js";

interface Flags {
  readonly installKernel?: boolean;
  readonly uninstallKernel?: boolean;
  readonly force?: boolean;
}

/** `replaybook notebook`: Jupyter on notebooks/, with the TypeScript kernel. */
export const register: Register = (program: Command): void => {
  program
    .command("notebook")
    .description("open the notebooks in Jupyter, with the TypeScript kernel")
    .argument("[args...]", "go on to Jupyter, after --: -- --no-browser --port 8890")
    .option("--install-kernel", "make the kernel known to VS Code and to every Jupyter of this user, and stop")
    .option("--uninstall-kernel", "undo that, and stop")
    .option("--force", "with --install-kernel: replace another kernel of its name")
    .addHelpText(
      "after",
      `
Takes JupyterLab or Jupyter Notebook where there is one; else runs JupyterLab by uvx, without installing it.

Example:
  $ npx replaybook notebook --install-kernel`,
    )
    .action(notebook);
};

async function notebook(args: readonly string[], flags: Flags): Promise<void> {
  if (flags.installKernel && flags.uninstallKernel) {
    throw new Invalid("option", "--uninstall-kernel", "with --install-kernel", "one of the two");
  }
  const kernels = userKernels();
  if (flags.installKernel) {
    const folder = installKernel(kernels, flags.force ?? false);
    process.stdout.write(`wrote ${folder}; choose the kernel "TypeScript (replaybook)" in VS Code or Jupyter\n`);
  } else if (flags.uninstallKernel) {
    const folder = uninstallKernel(kernels);
    process.stdout.write(folder === null ? `no kernel of replaybook in ${kernels}\n` : `removed ${folder}\n`);
  } else {
    const jupyter = findJupyter();
    if (jupyter === null) throw new Error(HOW_TO_GET_JUPYTER);
    const status = await startJupyter(jupyter, args);
    if (status !== 0) throw new Error(`${jupyter.program} ended with ${status}`);
  }
}
