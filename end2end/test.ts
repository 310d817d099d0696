// What every spec imports: Playwright's `test` with a hub, and pages that may not misbehave unseen.

import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page, type Response } from "@playwright/test";

import { type Hub, startHub } from "./hub.ts";

export { expect } from "@playwright/test";

const START_LIMIT_MS = 90_000;
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface PerTest {
  /** Opens a path and waits until the page is ready to be used. */
  visit: (path: string) => Promise<Response | null>;
  /** Fails the test for an uncaught error, a console error or a request to another host. */
  wellBehaved: void;
}

interface PerWorker {
  hub: Hub;
}

export const test = base.extend<PerTest, PerWorker>({
  hub: [
    async ({}, use) => {
      const hub = await startHub();
      await use(hub);
      await hub.stop();
    },
    { scope: "worker", timeout: START_LIMIT_MS },
  ],

  baseURL: async ({ hub }, use) => use(hub.baseURL),

  visit: async ({ page, javaScriptEnabled }, use) => {
    await use(async (path) => {
      const response = await page.goto(path);
      if (javaScriptEnabled) {
        await hydrated(page);
      }
      return response;
    });
  },

  wellBehaved: [
    async ({ page, hub }, use, testInfo) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
      page.on("console", (message) => {
        // A refused form is answered with 4xx on purpose, and Chromium logs that as an error.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
          complaints.push(`console: ${message.text()}`);
        }
      });
      page.on("request", (request) => {
        if (!isOurs(request.url(), hub)) {
          complaints.push(`request to another host: ${request.url()}`);
        }
      });
      await use();
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach("hub.log", { body: hub.output, contentType: "text/plain" });
      }
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Waits until WASM has taken the page over: clicks before that are lost. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Expects no violation of WCAG 2.2 AA that axe can find, in the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await withScripts(page, (page) => new AxeBuilder({ page }).withTags(WCAG).analyze());
  expect(violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target).join(", ")}`)).toEqual([]);
}

/** axe needs promises, which a page without JavaScript never settles. There it looks at a copy of
 *  the page in a browser with JavaScript, where the page's own scripts are refused. */
async function withScripts<T>(page: Page, analyse: (page: Page) => Promise<T>): Promise<T> {
  const browser = page.context().browser();
  if (browser === null || (test.info().project.use.javaScriptEnabled ?? true)) {
    return analyse(page);
  }
  const body = (await page.content()).replaceAll(/<(\/?)noscript/g, "<$1div");
  const context = await browser.newContext({ javaScriptEnabled: true, viewport: page.viewportSize() });
  try {
    const copy = await context.newPage();
    const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": "script-src 'none'" };
    await copy.route(page.url(), (route) => route.fulfill({ body, headers }));
    await copy.goto(page.url());
    return await analyse(copy);
  } finally {
    await context.close();
  }
}

function isOurs(url: string, hub: Hub): boolean {
  const { protocol, origin } = new URL(url);
  return ["data:", "blob:", "about:"].includes(protocol) || [hub.baseURL, hub.sampleURL].includes(origin);
}
