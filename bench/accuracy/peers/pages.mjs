// Lighthouse with its throttling method `devtools`: the metrics of one load, each in a browser of its own.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { serve, versions } from "./serve.mjs";

const METRICS = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "total-blocking-time",
  "cumulative-layout-shift",
  "speed-index",
];
const chromeFlags = ["--headless=new", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];

async function load({ url }) {
  const chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags, logLevel: "silent" });
  try {
    const settings = { throttlingMethod: "devtools", onlyAudits: METRICS };
    const config = { extends: "lighthouse:default", settings };
    const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "error" }, config);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    return Object.fromEntries(METRICS.map((name) => [name, lhr.audits[name].numericValue ?? null]));
  } finally {
    await chrome.kill();
  }
}

await serve(versions("lighthouse"), load);
