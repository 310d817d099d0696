// A certified OpenID provider (npm's oidc-provider) as a process, and signing in there.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

import type { Page } from "@playwright/test";

const SERVER = new URL("../engines/oidc/tests/provider/server.mjs", import.meta.url).pathname;

/** A provider that says who it is, and begins to serve once it was told about the hub. */
export class Provider {
  readonly issuer: string;
  #child: ChildProcess;
  #lines: Interface;

  private constructor(child: ChildProcess, lines: Interface, issuer: string) {
    this.#child = child;
    this.#lines = lines;
    this.issuer = issuer;
  }

  static async listen(): Promise<Provider> {
    const child = spawn("node", [SERVER], { stdio: ["pipe", "pipe", "ignore"] });
    process.on("exit", () => child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout });
    const { issuer } = await told<{ issuer?: string }>(lines, "issuer");
    return new Provider(child, lines, issuer ?? "");
  }

  /** Tells the provider about its client, the hub. */
  async serve(hub: { redirect_uri: string; post_logout_redirect_uri: string; backchannel_logout_uri: string; audience: string }): Promise<void> {
    const ready = told(this.#lines, "ready");
    this.#child.stdin?.write(`${JSON.stringify({ ...hub, scope: "systems:read" })}\n`);
    await ready;
  }

  stop(): void {
    this.#child.kill("SIGTERM");
  }
}

/** The first line of JSON with this name in it. */
function told<T extends object>(lines: Interface, name: string): Promise<T> {
  return new Promise((resolve) => {
    const read = (line: string) => {
      if (line.startsWith("{") && name in (JSON.parse(line) as object)) {
        lines.off("line", read);
        resolve(JSON.parse(line) as T);
      }
    };
    lines.on("line", read);
  });
}

/** Signs in at the provider as somebody, and agrees to what it asks. */
export async function signInThere(page: Page, login: string): Promise<void> {
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  const agree = page.locator("button[type=submit]", { hasText: "Continue" });
  await agree.click();
}
