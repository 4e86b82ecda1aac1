// node scripts/data-readme.mjs: writes data/README.md, every table's columns, from the schemas (build first).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataReadme } from "../dist/table/describe.js";

writeFileSync(join(import.meta.dirname, "../data/README.md"), dataReadme());
