import { describe, expect, it } from "vitest";
import { shortLabel } from "../../src/cli/labels.js";
import { textTable, wrapped } from "../../src/cli/text-table.js";

describe("a text table", () => {
  const rows = [
    ["name", "count", "share"],
    ["a", "12", ""],
    ["long name", "3", "50 %"],
  ];

  it("has its first column flush left and the others flush right, without blanks at the end", () => {
    expect(textTable(rows)).toEqual(["  name       count  share", "  a             12", "  long name      3   50 %"]);
  });

  it("has as many columns flush left, and as much room, as is said", () => {
    expect(textTable(rows, { left: 2, indent: 0, gap: 1 })).toEqual([
      "name      count share",
      "a         12",
      "long name 3      50 %",
    ]);
    const gap = (column: number) => column * 2;
    expect(textTable([["a", "b", "c"]], { indent: 1, gap })).toEqual([" a  b    c"]);
  });

  it("may be empty", () => {
    expect(textTable([])).toEqual([]);
  });
});

describe("wrapped text", () => {
  it("has lines of 80 columns at most, indented from the second on", () => {
    const word = "seventeen letters".replace(" ", "-");
    const lines = wrapped(Array(9).fill(word).join(" "), 4);
    expect(lines).toEqual([Array(4).fill(word).join(" "), `    ${Array(4).fill(word).join(" ")}`, `    ${word}`]);
  });

  it("leaves a longer word whole", () => {
    const word = "x".repeat(90);
    expect(wrapped(`a ${word} b`, 2)).toEqual(["a", `  ${word}`, "  b"]);
  });
});

describe("a label", () => {
  it("is cut between characters, and has no control characters", () => {
    expect(shortLabel("ab🚀cd", 3)).toBe("ab🚀");
    expect(shortLabel("🚀🚀🚀", 2)).toBe("🚀🚀");
    expect(shortLabel("a\u001b[31mb")).toBe("a\ufffd[31mb");
    expect(shortLabel(null)).toBe("-");
  });
});
