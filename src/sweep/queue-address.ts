import { Invalid } from "../invalid.js";

/** Where a queue is. */
export interface QueueAddress {
  /** As BullMQ takes it. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly username?: string;
    readonly password?: string;
    readonly tls?: object;
  };
  /** For people: without its user and password. */
  readonly shown: string;
  /** The option that gave it. */
  readonly where: string;
}

const TLS: Readonly<Record<string, boolean>> = { "redis:": false, "valkey:": false, "rediss:": true, "valkeys:": true };
const EXPECTED = "an address such as redis://:PASSWORD@host:6379/0, or rediss:// for TLS";

/** Reads redis://[[user]:password@]host[:port][/database]; valkey:// is the same. Throws Invalid, without the password. */
export function queueAddress(text: string, where: string): QueueAddress {
  const bad = () => new Invalid("queue", hidden(text), where, EXPECTED);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw bad();
  }
  const tls = TLS[url.protocol];
  const [, db] = /^\/?(\d*)$/.exec(url.pathname) ?? [];
  if (tls === undefined || db === undefined || url.hostname === "" || url.search !== "" || url.hash !== "") throw bad();
  const [username, password] = [url.username, url.password].map((part) => unescaped(part, bad));
  const port = Number(url.port || 6379);
  return {
    connection: {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port,
      db: Number(db),
      ...(username ? { username } : {}),
      ...(password ? { password } : {}),
      ...(tls ? { tls: {} } : {}),
    },
    shown: `${url.protocol}//${username || password ? "***@" : ""}${url.hostname}:${port}/${Number(db)}`,
    where,
  };
}

/** What a server or a socket says, without the user and the password of a queue in it. */
export function scrubbed(message: string, { connection: { username, password } }: QueueAddress): string {
  const secrets = [password, username].filter((text) => text !== undefined);
  return secrets.reduce((text, secret) => text.replaceAll(secret, "***"), message);
}

/** As much of an address as may be shown where it cannot be read: a password may stand anywhere before an @ or after a ?. */
function hidden(text: string): string {
  const [before = ""] = text.split("?");
  const at = before.lastIndexOf("@");
  const [, protocol = ""] = /^([a-z]+:\/\/)/i.exec(before) ?? [];
  return at < 0 ? before : `${protocol}***${before.slice(at)}`;
}

function unescaped(text: string, bad: () => Invalid): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad();
  }
}
