import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { connect, createServer } from "node:net";
import { setTimeout } from "node:timers/promises";

/** Whether there is a redis-server to test with; where there is none, says aloud what goes untested. */
export function redisPresent(what: string): boolean {
  const present = spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;
  if (!present) console.warn(`redis-server missing: ${what} is not tested`);
  return present;
}

/** A port of this machine that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A real redis-server with a password, on a port of its own; what it holds is lost when it stops. */
export class Redis {
  readonly password = "s3cret-word";
  readonly port: number;
  private child: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  static async started(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://:${this.password}@127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--requirepass", this.password, "--save", ""];
    this.child = spawn("redis-server", args, { stdio: "ignore" });
    while (!(await this.answers())) await setTimeout(20);
  }

  async stop(): Promise<void> {
    const child = this.child!;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
  }
}
