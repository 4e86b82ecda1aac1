"use strict";
// The TypeScript kernel: the project's own tslab, with six repairs made as it starts. tslab itself stays as it is,
// so package.json pins its version.
const Module = require("node:module");
const { delimiter, join } = require("node:path");
const { createRequire } = Module;

const project = createRequire(join(__dirname, "../../../../package.json"));
const tslab = createRequire(project.resolve("tslab"));

// 1. A notebook anywhere finds the project's packages. Those of a project of its own come first.
const packages = join(project.resolve("./package.json"), "../node_modules");
let elsewhere = {};
try {
  createRequire(join(process.cwd(), "cell.js")).resolve("replaybook");
} catch {
  process.env.NODE_PATH = [process.env.NODE_PATH, packages].filter(Boolean).join(delimiter);
  Module._initPaths();
  elsewhere = {
    paths: { "*": [join(packages, "*"), join(packages, "@types", "*")] },
    typeRoots: [join(packages, "@types")],
  };
}

// 2. The type checker of cells understands the `exports` of packages, such as vega-lite's.
// 3. { name } finds the name of an earlier cell, as { name: name } does.
const checker = tslab.resolve("@tslab/typescript-for-tslab");
const ts = tslab(checker);
const moduleResolution = ts.ModuleResolutionKind.Bundler;
const EARLIER_CELLS = "__prev__.d.ts";
let cells;
require.cache[checker].exports = {
  ...ts,
  createWatchCompilerHost: (files, options, ...rest) =>
    ts.createWatchCompilerHost(files, { ...options, ...elsewhere, moduleResolution }, ...rest),
  createWatchProgram: (host) => {
    const { afterProgramCreate } = host;
    host.afterProgramCreate = (program) => {
      cells = program;
      afterProgramCreate(program);
    };
    return ts.createWatchProgram(host);
  },
  visitEachChild: (node, visitor, context) => {
    const asItIs = () => ts.visitEachChild(node, visitor, context);
    if (!ts.isShorthandPropertyAssignment(node) || node.objectAssignmentInitializer) return asItIs();
    const value = cells.getProgram().getTypeChecker().getShorthandAssignmentValueSymbol(node);
    if (!value?.declarations?.some((of) => of.getSourceFile().fileName.endsWith(EARLIER_CELLS))) return asItIs();
    const { text } = node.name;
    const earlier = ts.factory.createPropertyAccessExpression(ts.factory.createIdentifier("exports"), text);
    return ts.factory.createPropertyAssignment(text, earlier);
  },
};

// 4. What is wrong with what a person gave is one line, without a stack trace; so is an interrupt.
const ONE_LINE = new Set(["Invalid", "Failed", "Interrupted"]);
const { error } = console;
console.error = (first, ...rest) => {
  if (!(first instanceof Error)) return error(first, ...rest);
  if (first.message === "Interrupted asynchronously") return error("interrupted");
  return ONE_LINE.has(first.name) ? error(first.message) : error(first, ...rest);
};

// 5. A cell that fails says why in Jupyter's own words too, which is all that nbconvert reports.
const { JupyterHandlerImpl, ZmqServer } = tslab("./jupyter.js");
const { handleExecute } = JupyterHandlerImpl.prototype;
JupyterHandlerImpl.prototype.handleExecute = async function (request, writeStream, writeDisplayData) {
  let stderr = "";
  const listen = (name, text) => {
    if (name === "stderr") stderr += text;
    writeStream(name, text);
  };
  const reply = await handleExecute.call(this, request, listen, writeDisplayData);
  if (reply.status !== "error") return reply;
  const traceback = stderr.trim().split("\n");
  const why = traceback.find((line) => /^(\w*Error\b|(\S+ )?\d+:\d+ - )/.test(line)) ?? traceback[0];
  return { ...reply, ename: "CellError", evalue: why, traceback };
};

// 6. Cells are numbered.
const serve = ZmqServer.prototype.handleExecute;
ZmqServer.prototype.handleExecute = function (socket, message) {
  const input = message.createReply();
  input.header.msg_type = "execute_input";
  input.content = { code: message.content.code, execution_count: this.handler.execCount + 1 };
  input.signAndSend(this.connInfo.key, this.iopub);
  return serve.call(this, socket, message);
};

tslab("./main.js").startKernel({ configPath: process.argv[2], enableFindLocal: false, jsKernel: false });
