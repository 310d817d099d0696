import { defineConfig, type ReporterDescription } from "@playwright/test";

// Chromium of the distribution, and nothing that asks for a host outside of this machine.
const launchOptions = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Every page under test is our own, on loopback; as root there is no sandbox to be had.
  chromiumSandbox: false,
  args: [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

// The JSON report goes to PLAYWRIGHT_JSON_OUTPUT_FILE; without that it would hide the list.
const counted: ReporterDescription[] = process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["json"]] : [];

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "test-results",
  // Each worker has a hub of its own. More of them than cores would make one wait for the other.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ...counted],
  use: { browserName: "chromium", headless: true, launchOptions, screenshot: "only-on-failure", trace: process.env.TRACE ? "retain-on-failure" : "off" },
  projects: [
    // A test for one of the two alone carries its tag; all others run in both.
    { name: "wasm", use: { javaScriptEnabled: true }, grepInvert: /@plain/ },
    { name: "plain", use: { javaScriptEnabled: false }, grepInvert: /@wasm/ },
  ],
});
