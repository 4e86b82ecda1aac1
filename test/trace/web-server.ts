import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** What one request gets. */
export type Reply = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

/** What a server was asked for. */
export interface Asked {
  readonly path: string;
  readonly range: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface Web {
  /** Address of a path. */
  readonly at: (path: string) => string;
  readonly asked: readonly Asked[];
  readonly port: number;
}

const open: Server[] = [];
afterAll(() => {
  for (const server of open) {
    server.closeAllConnections();
    server.close();
  }
});

/** A web server of this test's own: it answers the n-th request with the n-th reply, and the last one ever after. */
export async function serve(content: Buffer | Readonly<Record<string, Buffer>>, ...replies: Reply[]): Promise<Web> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const reply = replies[Math.min(asked.length, replies.length - 1)] ?? well;
    const path = request.url!;
    asked.push({ path, range: request.headers.range, headers: request.headers });
    const file = Buffer.isBuffer(content) ? content : content[path.slice(path.lastIndexOf("/") + 1)];
    if (file === undefined) response.writeHead(404).end("not here");
    else reply(request, response, file);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  open.push(server);
  const { port } = server.address() as AddressInfo;
  return { at: (path) => `http://127.0.0.1:${port}/${path}`, asked, port };
}

/** The part that a request asks for, and its headers. */
export function part(request: IncomingMessage, content: Buffer, etag = '"one"') {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const ranged = from > 0 && from < content.length;
  const body = ranged ? content.subarray(from) : content;
  const headers: Record<string, string | number> = { "content-length": body.length, "accept-ranges": "bytes", etag };
  if (ranged) headers["content-range"] = `bytes ${from}-${content.length - 1}/${content.length}`;
  return { status: ranged ? 206 : 200, headers, body };
}

/** As a good server does: ranges, a length, an entity tag. */
export const well: Reply = (request, response, content) => {
  const { status, headers, body } = part(request, content);
  response.writeHead(status, headers).end(body);
};

/** Ends the connection after so many bytes of the body. */
export const drop =
  (bytes: number): Reply =>
  (request, response, content) => {
    const { status, headers, body } = part(request, content);
    response.writeHead(status, headers);
    response.write(body.subarray(0, bytes), () => setTimeout(() => response.destroy(), 10));
  };

/** Sends the whole file, whatever is asked for. */
export const whole: Reply = (_, response, content) => {
  response.writeHead(200, { "content-length": content.length }).end(content);
};

/** Answers with a status and nothing else. */
export const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  (_, response) => {
    response.writeHead(code, headers).end("no");
  };
