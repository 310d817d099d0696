// A hub of one's own: a fresh folder, a fresh database, a free port, and the sample shop to measure.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePort, Running } from "./processes.ts";

/** The person who owns the hub under test. */
export const OWNER = { email: "owner@example.com", password: "correct horse battery staple" };

/** Starts a hub and a sample shop; `stop` ends both and removes their folder. */
export async function startHub(): Promise<Hub> {
  const binary = process.env.SBH_BIN;
  if (!binary) {
    throw new Error("SBH_BIN must name the binary under test; `cargo xtask e2e` sets it");
  }
  const folder = await mkdtemp(join(tmpdir(), "sbh-e2e-"));
  const hub = new Hub(binary, folder, await freePort(), await freePort());
  try {
    await hub.start();
  } catch (error) {
    await hub.stop();
    throw error;
  }
  return hub;
}

export class Hub {
  readonly baseURL: string;
  readonly sampleURL: string;
  #binary: string;
  #folder: string;
  #env: NodeJS.ProcessEnv;
  #samplePort: number;
  #processes: Running[] = [];
  #owner?: Promise<void>;

  constructor(binary: string, folder: string, port: number, samplePort: number) {
    this.baseURL = `http://127.0.0.1:${port}`;
    this.sampleURL = `http://127.0.0.1:${samplePort}`;
    this.#binary = binary;
    this.#folder = folder;
    this.#samplePort = samplePort;
    this.#env = settings(folder, port);
  }

  /** Resolves when both processes answer. */
  async start(): Promise<void> {
    const hub = this.#spawn(["serve"]);
    const sample = this.#spawn(["sample-system", "--port", String(this.#samplePort)]);
    await Promise.all([hub.ready(`${this.baseURL}/health`), sample.ready(`${this.sampleURL}/`)]);
  }

  /** Creates the owner's account once, the way an operator does: with `sbh init`. */
  async withOwner(): Promise<typeof OWNER> {
    this.#owner ??= this.sbh(["init", "--email", OWNER.email, "--password-stdin"], OWNER.password).then(() => undefined);
    await this.#owner;
    return OWNER;
  }

  /** Runs a command of the binary with the hub's own settings; rejects when it fails. */
  async sbh(args: string[], input = ""): Promise<string> {
    const child = spawn(this.#binary, args, { cwd: this.#folder, env: this.#env, stdio: ["pipe", "pipe", "pipe"] });
    let [printed, complaint] = ["", ""];
    child.stdout.on("data", (bytes) => (printed += String(bytes)));
    child.stderr.on("data", (bytes) => (complaint += String(bytes)));
    // A command that refuses its arguments ends without reading; its exit code tells.
    child.stdin.on("error", () => undefined).end(input);
    const [code] = await once(child, "close");
    if (code !== 0) {
      throw new Error(`sbh ${args.join(" ")} ended with ${code}:\n${printed}${complaint}`);
    }
    return printed;
  }

  /** What both processes have printed last. */
  get output(): string {
    return this.#processes.map((process) => process.output).join("\n");
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #spawn(args: string[]): Running {
    const process = new Running(this.#binary, args, { cwd: this.#folder, env: this.#env });
    this.#processes.push(process);
    return process;
  }
}

/** The hub's whole environment: a developer's own settings must not reach the hub under test. */
function settings(folder: string, port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    ENVIRONMENT: "development",
    HOST: "127.0.0.1",
    PORT: String(port),
    DATABASE_URL: `sqlite://${join(folder, "sbh.db")}?mode=rwc`,
    EVIDENCE_BUNDLE_PATH: join(folder, "evidence"),
    EGRESS_ALLOW_LOOPBACK: "true",
    RATE_LIMIT_SIGN_IN_PER_MINUTE: "1000",
    SMS_GATEWAY: "console",
  };
}
