// axe-core with its defaults, in a page that Playwright opened on the same device.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { serve, versions } from "./serve.mjs";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM });

const brief = (rules) =>
  rules.map(({ id, impact, nodes }) => ({
    id,
    impact,
    targets: nodes.map(({ target }) => target.map((part) => [].concat(part).join(" >>> ")).join(" ")),
  }));

async function check({ url, screen, userAgent }) {
  const context = await browser.newContext({
    viewport: { width: screen.width, height: screen.height },
    deviceScaleFactor: screen.scale,
    isMobile: screen.mobile,
    hasTouch: screen.mobile,
    userAgent,
    bypassCSP: true,
  });
  try {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "load" });
    await page.waitForTimeout(300);
    await page.evaluate(source);
    const results = await page.evaluate(() => globalThis.axe.run());
    return {
      violations: brief(results.violations),
      incomplete: brief(results.incomplete),
      passes: brief(results.passes),
      inapplicable: results.inapplicable.length,
    };
  } finally {
    await context.close();
  }
}

await serve({ ...versions("axe-core", "playwright-core"), chromium: browser.version() }, check);
await browser.close();
