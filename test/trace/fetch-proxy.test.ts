import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createListener, type Server } from "node:net";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { get } from "../../src/trace/fetch/http.js";
import { proxyFor, tunnel } from "../../src/trace/fetch/proxy.js";
import { serve } from "./web-server.js";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});
afterEach(() => vi.unstubAllEnvs());

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

const textOf = async (answer: IncomingMessage) => {
  let text = "";
  for await (const piece of answer.setEncoding("utf8")) text += piece;
  return text;
};

describe("the proxy for an address", () => {
  const hostOf = (address: string, env: Record<string, string>) => proxyFor(new URL(address), env)?.host ?? null;

  it("is the one that the environment names for its protocol, or for all", () => {
    expect(hostOf("https://a.org/x", { HTTPS_PROXY: "http://p:3128" })).toBe("p:3128");
    expect(hostOf("https://a.org/x", { https_proxy: "p:3128", HTTPS_PROXY: "http://other:1" })).toBe("p:3128");
    expect(hostOf("http://a.org/x", { HTTPS_PROXY: "http://p:3128" })).toBe(null);
    expect(hostOf("http://a.org/x", { HTTP_PROXY: "http://p:8" })).toBe("p:8");
    expect(hostOf("http://a.org/x", { ALL_PROXY: "http://p:9" })).toBe("p:9");
    expect(hostOf("https://a.org/x", {})).toBe(null);
  });

  it("is none for this machine", () => {
    for (const host of ["localhost:80", "127.0.0.1:8080", "[::1]:80"]) {
      expect(hostOf(`http://${host}/`, { ALL_PROXY: "http://p:9" })).toBe(null);
    }
  });

  it("is none for the hosts of NO_PROXY and those below them", () => {
    const env = (NO_PROXY: string) => ({ HTTPS_PROXY: "http://p:3128", NO_PROXY });
    for (const no of ["a.org", "b.net, a.org:443", ".a.org", "*.a.org", "*", "x.A.org"]) {
      expect(hostOf("https://x.a.org/", env(no))).toBe(null);
    }
    for (const no of ["", "org.a", "ba.org", "y.x.a.org"]) expect(hostOf("https://x.a.org/", env(no))).toBe("p:3128");
  });
});

describe("a proxy", () => {
  it("is asked for http addresses as a whole, with the user's name", async () => {
    const web = await serve(Buffer.from("through the proxy"));
    vi.stubEnv("http_proxy", `http://me:pass%21@127.0.0.1:${web.port}`);
    vi.stubEnv("no_proxy", "");
    expect(await textOf(await get("http://nowhere.invalid/a?b", {}, 1000))).toBe("through the proxy");
    expect(web.asked[0]).toMatchObject({
      path: "http://nowhere.invalid/a?b",
      headers: { host: "nowhere.invalid", "proxy-authorization": `Basic ${btoa("me:pass!")}` },
    });
  });

  it("that allows it is a tunnel to the host", async () => {
    const echo = await listen(createListener((socket) => socket.pipe(socket)));
    const proxy = createServer().on("connect", (request, socket) => {
      const [host, port] = request.url!.split(":");
      const there = connect(Number(port), host!, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        there.pipe(socket).pipe(there);
      });
    });
    const port = await listen(proxy);
    const socket = await tunnel(new URL(`http://127.0.0.1:${port}`), "127.0.0.1", echo, 1000);
    const back = new Promise((resolve) => socket.on("data", (bytes) => resolve(String(bytes))));
    socket.write("hello");
    expect(await back).toBe("hello");
    socket.destroy();
  });

  it("that refuses, is silent or of another kind is told of", async () => {
    const refusing = createServer().on("connect", (_, socket) => socket.end("HTTP/1.1 407 No\r\n\r\n"));
    const port = await listen(refusing);
    await expect(tunnel(new URL(`http://127.0.0.1:${port}`), "a.org", 443, 1000)).rejects.toThrow(
      `the proxy 127.0.0.1:${port} answers 407`,
    );
    const silent = await listen(createListener(() => {}));
    await expect(tunnel(new URL(`http://127.0.0.1:${silent}`), "a.org", 443, 200)).rejects.toThrow(
      `the proxy 127.0.0.1:${silent} was silent for 0.2 s`,
    );
    await expect(async () => tunnel(new URL("socks5://p:1080"), "a.org", 443, 200)).rejects.toThrow(
      "the proxy p:1080 is no http:// proxy, the only kind known here",
    );
  });
});
