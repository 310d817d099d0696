// Processes that a test starts and ends by their id.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

const READY_WITHIN_MS = 30_000;
const POLL_MS = 25;
const END_WITHIN_MS = 20_000;
const KEPT_OUTPUT = 20_000;

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A process under test, with the end of what it has printed. */
export class Running {
  #child: ChildProcess;
  #output = "";

  constructor(program: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
    this.#child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    running.add(this.#child);
    this.#child.on("error", (error) => this.#keep(`${error}\n`));
    this.#child.stdout?.on("data", (bytes) => this.#keep(String(bytes)));
    this.#child.stderr?.on("data", (bytes) => this.#keep(String(bytes)));
  }

  /** The last part of standard output and standard error. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when `url` answers with success; rejects when the process ends before it does. */
  async ready(url: string): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await answers(url))) {
      if (this.#ended || Date.now() > deadline) {
        throw new Error(`${this.#child.spawnargs.join(" ")} did not answer at ${url}:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Asks the process to end, and ends it when it does not. */
  async stop(): Promise<void> {
    if (!this.#ended) {
      const ended = once(this.#child, "exit");
      const impatience = setTimeout(() => this.#child.kill("SIGKILL"), END_WITHIN_MS);
      this.#child.kill("SIGTERM");
      await ended;
      clearTimeout(impatience);
    }
    running.delete(this.#child);
  }

  get #ended(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
  }
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") {
    throw new Error("a TCP server has an address with a port");
  }
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
