import { type ClientRequestArgs, request } from "node:http";
import type { Socket } from "node:net";

/**
 * The proxy that the environment names for an address (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY; also in lower case), or
 * null: none is named, it is an address of this machine, or NO_PROXY leaves the host out. NO_PROXY is a list of hosts
 * with the hosts below them, `*` all.
 */
export function proxyFor(address: URL, env: Readonly<Record<string, string | undefined>>): URL | null {
  const named = (name: string) => env[name.toLowerCase()] || env[name] || "";
  const proxy = named(address.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY") || named("ALL_PROXY");
  if (proxy === "") return null;
  const host = address.hostname.toLowerCase();
  if (/^(localhost|127\.[\d.]+|\[::1\])$/.test(host)) return null;
  const direct = named("NO_PROXY")
    .toLowerCase()
    .split(/[\s,]+/)
    .map((entry) => entry.replace(/^\*?\./, "").replace(/:\d+$/, ""));
  if (direct.some((entry) => entry === "*" || (entry !== "" && (host === entry || host.endsWith(`.${entry}`))))) {
    return null;
  }
  return new URL(/^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`);
}

/** How to reach a proxy, and the header that names its user where it has one. */
export function proxyOptions(proxy: URL): ClientRequestArgs & { readonly headers: Record<string, string> } {
  if (proxy.protocol !== "http:")
    throw new Error(`the proxy ${proxy.host} is no http:// proxy, the only kind known here`);
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const headers: Record<string, string> = {};
  if (user !== ":") headers["proxy-authorization"] = `Basic ${Buffer.from(user).toString("base64")}`;
  return { host: proxy.hostname, port: proxy.port || 80, headers };
}

/** A connection through the proxy to host:port, over which TLS may be spoken. Rejects where the proxy refuses. */
export function tunnel(proxy: URL, host: string, port: number, silence_ms: number): Promise<Socket> {
  const { headers, ...where } = proxyOptions(proxy);
  const path = `${host}:${port}`;
  const asked = request({
    ...where,
    method: "CONNECT",
    path,
    headers: { ...headers, host: path },
    timeout: silence_ms,
  });
  return new Promise((resolve, reject) => {
    asked
      .on("connect", ({ statusCode }, socket) => {
        if (statusCode === 200) return resolve(socket as Socket);
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} answers ${statusCode}`));
      })
      .on("response", ({ statusCode }) => {
        asked.destroy(new Error(`the proxy ${proxy.host} answers ${statusCode}`));
      })
      .on("timeout", () => asked.destroy(new Error(`the proxy ${proxy.host} was silent for ${silence_ms / 1000} s`)))
      .on("error", reject)
      .end();
  });
}
