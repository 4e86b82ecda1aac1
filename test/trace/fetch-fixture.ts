import { createHash } from "node:crypto";
import { pack } from "tar-stream";
import type { Dataset, Download } from "../../src/trace/fetch/datasets.js";
import { storedRar } from "./rar-fixture.js";
import { storedXz } from "./xz-fixture.js";

/** A tar of files and folders (names that end in /), in order. */
export async function tarOf(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith("/")) tar.entry({ name, type: "directory" });
    else tar.entry({ name, mtime: new Date(0) }, content);
  }
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** What is downloaded under a name and has this content. */
export function downloadOf(name: string, content: Buffer, address = ""): Download {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { name, address, bytes: content.length, sha256 };
}

/** A release of three days in miniature: families a and b of three days, c of two. The first day is Azure-2019-shaped. */
export const DAY_FILES: Readonly<Record<string, Buffer>> = {
  "set/": Buffer.alloc(0),
  "set/a.d01.csv": Buffer.from("HashOwner,HashApp,HashFunction,Trigger,1,2\no,p,f,http,1,2\n"),
  "set/a.d02.csv": Buffer.from("HashOwner,HashApp,HashFunction,Trigger,1,2\no,p,f,http,3,4\n"),
  "set/a.d03.csv": Buffer.from(`HashOwner,HashApp,HashFunction,Trigger,1,2\n${"o,p,f,http,5,6\n".repeat(9000)}`),
  "set/README.txt": Buffer.from("not asked for\n"),
  "set/b.d01.csv": Buffer.from("HashOwner,HashApp,HashFunction,Average,Count\no,p,f,500,3\n"),
  "set/b.d02.csv": Buffer.from("HashOwner,HashApp,HashFunction,Average,Count\no,p,f,600,7\n"),
  "set/b.d03.csv": Buffer.alloc(0),
  "set/c.d01.csv": Buffer.from("c1\n"),
  "set/c.d02.csv": Buffer.from("c2\n"),
};

/** What the log of the rar in miniature says. */
export const LOG = Buffer.from(`app,func,end_timestamp,duration\n${"a,f,10.5,0.5\na,g,11.5,0.25\n".repeat(3000)}`);

/** Data sets in miniature of each kind, and the files a server has to have for them. */
export async function miniatures(): Promise<{ datasets: Record<string, Dataset>; files: Record<string, Buffer> }> {
  const files = {
    "days.tar.xz": storedXz(await tarOf(DAY_FILES)),
    "log.rar": storedRar({ "readme.txt": Buffer.from("not asked for"), "folder/log.txt": LOG }),
    "code.csv": Buffer.from("TIMESTAMP,ContextTokens,GeneratedTokens\r\n"),
    "conv.csv": Buffer.from("TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\n"),
  };
  const of = (name: keyof typeof files) => downloadOf(name, files[name]);
  const { address, ...file } = downloadOf("log.txt", LOG);
  const terms = "CC-BY 4.0; cite nobody";
  const family = (name: string, days: number) => ({ file: (day: number) => `${name}.d0${day}.csv`, days });
  return {
    files,
    datasets: {
      days: {
        downloads: [of("days.tar.xz")],
        archive: {
          kind: "tar.xz",
          days: 3,
          families: { invocations: family("a", 3), durations: family("b", 3), memory: family("c", 2) },
          dayBytes: 1e6,
        },
        terms,
      },
      log: { downloads: [of("log.rar")], archive: { kind: "rar", file }, terms },
      plain: { downloads: [of("code.csv"), of("conv.csv")], archive: null, terms },
    },
  };
}
