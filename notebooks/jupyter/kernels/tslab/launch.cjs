"use strict";
// The TypeScript kernel: the project's own tslab, with three repairs made as it starts. tslab itself stays as it is,
// so package.json pins its version.
const { createRequire } = require("node:module");
const { join } = require("node:path");

const project = createRequire(join(__dirname, "../../../../package.json"));
const tslab = createRequire(project.resolve("tslab"));

// 1. The type checker of cells understands the `exports` of packages, such as vega-lite's.
const checker = tslab.resolve("@tslab/typescript-for-tslab");
const ts = tslab(checker);
const moduleResolution = ts.ModuleResolutionKind.Bundler;
require.cache[checker].exports = {
  ...ts,
  createWatchCompilerHost: (files, options, ...rest) =>
    ts.createWatchCompilerHost(files, { ...options, moduleResolution }, ...rest),
};

// 2. A cell that fails says why in Jupyter's own words too, which is all that nbconvert reports.
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
  const why = traceback.find((line) => /^(\w*Error\b|Invalid\b|(\S+ )?\d+:\d+ - )/.test(line)) ?? traceback[0];
  return { ...reply, ename: "CellError", evalue: why, traceback };
};

// 3. Cells are numbered.
const serve = ZmqServer.prototype.handleExecute;
ZmqServer.prototype.handleExecute = function (socket, message) {
  const input = message.createReply();
  input.header.msg_type = "execute_input";
  input.content = { code: message.content.code, execution_count: this.handler.execCount + 1 };
  input.signAndSend(this.connInfo.key, this.iopub);
  return serve.call(this, socket, message);
};

tslab("./main.js").startKernel({ configPath: process.argv[2], enableFindLocal: false, jsKernel: false });
