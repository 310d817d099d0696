// Benchmarks: started by a form, followed live, read afterwards, and weighed in scorecards.

import type { Page } from "@playwright/test";

import { call, signIn } from "./account.ts";
import type { Hub } from "./hub.ts";
import { expect, expectAccessible, test } from "./test.ts";

const OVER = /^(Measured|Partly measured|Invalid|Failed|Cancelled)/;
// Virtual users keep no schedule that a busy machine could miss, so these runs are always valid.
const SHORT = { model: { kind: "closed", vus: 1, think_time_s: 0.01 }, duration_s: 2, warm_up_s: 0 };
const LONG = { model: { kind: "closed", vus: 1, think_time_s: 0.1 }, duration_s: 60, warm_up_s: 0 };

interface Place {
  system: string;
  environment: string;
}

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("a benchmark is started by its form, followed and read", async ({ page, hub, visit, javaScriptEnabled }) => {
  const place = await shop(page, hub, "Followed shop");
  await visit(`/lab/new?system=${place.system}`);
  await expect(page.getByLabel("Environment")).toHaveValue(place.environment);
  await expect(page.getByLabel("Virtual users")).toBeHidden();
  await expectAccessible(page);

  await page.getByLabel("Version", { exact: true }).fill("1.0.0");
  await page.getByLabel("Load model").selectOption("closed");
  await expect(page.getByLabel("Rate", { exact: true })).toBeHidden();
  await page.getByLabel("Virtual users").fill("2");
  await page.getByLabel("Think time").fill("0.05");
  await page.getByLabel("Duration").fill("4");
  await page.getByLabel("Warm-up").fill("1");
  await page.getByText("Requests and protocol").click();
  await page.getByLabel("Request mix").fill("home 3 GET /\n# the rest\nproducts 1 GET /api/products");
  await page.getByRole("button", { name: "Start" }).click();

  await expect(page.getByRole("heading", { name: "Followed shop 1.0.0", level: 1 })).toBeVisible();
  if (javaScriptEnabled) {
    await expect(page.getByRole("log")).toContainText("Measuring");
    await expectAccessible(page);
  } else {
    await reloadedUntilOver(page);
  }
  const answer = page.getByText(OVER).first();
  await expect(answer).toContainText("points, grade", { timeout: 30_000 });
  await expect(page.getByRole("region", { name: "Latency", exact: true })).toContainText("p99.9");
  await expect(page.getByRole("img", { name: /Latency over \d+ seconds/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "By request" })).toContainText("products");
  await expectAccessible(page);

  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download load.json" }).click(),
  ]);
  expect(file.suggestedFilename()).toContain("load.json");
  await page.getByRole("link", { name: "Scorecard" }).click();
  await expect(page.getByText(/^[\d.]+ of 100, grade/)).toBeVisible();
  const [table] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download as CSV" }).click(),
  ]);
  expect(table.suggestedFilename()).toMatch(/^scorecard-.*\.csv$/);

  await page.getByRole("link", { name: "Measure again" }).click();
  await expect(page.getByLabel("Version", { exact: true })).toHaveValue("1.0.0");
  await expect(page.getByLabel("Load model")).toHaveValue("closed");
  await expect(page.getByLabel("Virtual users")).toHaveValue("2");
  await expect(page.getByLabel("Think time")).toHaveValue("0.05");
  await expect(page.getByLabel("Duration")).toHaveValue("4");
  await expect(page.getByLabel("Request mix")).toHaveValue("home 3 GET /\nproducts 1 GET /api/products\n");
  await page.getByLabel(/^Burst/).fill("0.5");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText("A burst must be 1.5 to 100 times the rate; you sent 0.5.").first()).toBeVisible();
  await expect(page.getByLabel("Request mix")).toHaveValue("home 3 GET /\nproducts 1 GET /api/products\n");
  await expectAccessible(page);
});

test("two environments are measured in turns and compared", async ({ page, hub, visit }) => {
  const place = await shop(page, hub, "Shop in turns");
  await visit(`/lab/new?system=${place.system}`);
  await expect(page.getByLabel("Measure in turns with")).toHaveCount(0);
  const post = <T>(path: string, data: unknown) => call<T>(page.context(), hub, path, data);
  const address = { kind: "preview", base_url: hub.sampleURL };
  const { id } = await post<{ id: string }>(`/api/systems/${place.system}/environments`, address);
  await post(`/api/environments/${id}/allow-private`, { reason: "The sample shop on this machine" });

  await visit(`/lab/new?system=${place.system}&environment=${place.environment}`);
  await page.getByLabel("Version", { exact: true }).fill("1.0.0");
  await page.getByLabel("Load model").selectOption("closed");
  await page.getByLabel("Virtual users").fill("1");
  await page.getByLabel("Think time").fill("0.02");
  await page.getByLabel("Duration").fill("1");
  await page.getByLabel("Warm-up").fill("0");
  await page.getByLabel("Repetitions").fill("5");
  await page.getByLabel("Measure in turns with").selectOption(id);
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByLabel(/^Version there/)).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Measure in turns with")).toHaveValue(id);
  await expectAccessible(page);

  await page.getByLabel(/^Version there/).fill("0.9.9");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("heading", { name: "Shop in turns 1.0.0", level: 1 })).toBeVisible();
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(OVER).first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByRole("link", { name: "Shop in turns › preview, version 0.9.9" })).toBeVisible();
  await page.getByRole("link", { name: "Compare", exact: true }).last().click();
  await expect(page.getByText("In turns: what drifted on the way fell on both")).toBeVisible();
  await expect(page.getByRole("region", { name: "Differences" })).toContainText("Latency p95");
  await expectAccessible(page);
});

test("an environment has prices, and a benchmark tells cost, recovery and manners @plain", async ({ page, hub, visit }) => {
  test.slow();
  const place = await shop(page, hub, "Priced shop");
  await visit(`/systems/${place.system}/environments/${place.environment}`);
  await expect(page.getByText("No prices are set, so no scorecard of this environment tells a cost.")).toBeVisible();
  await page.getByText("Set prices").click();
  await page.getByLabel("Instances", { exact: true }).fill("2");
  await page.getByLabel("Hour of an instance").fill("0.096");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Source of the hour's price")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Instances", { exact: true })).toHaveValue("2");
  await expectAccessible(page);
  await page.getByLabel("Source of the hour's price").fill("The list of May");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("2 × 0.096 USD (The list of May)")).toBeVisible();
  await expectAccessible(page);

  const burst = { multiple: 3, rate: 20, baseline_s: 2, burst_s: 1, watch_s: 5 };
  const load = { model: { kind: "closed", vus: 2 }, duration_s: 1, warm_up_s: 0, burst, rude: true };
  const request = { environment_id: place.environment, version: "1.0.0", ...load };
  const { id } = await call<{ id: string }>(page.context(), hub, "/api/teardown/benchmark/run", request);
  const state = async () => (await (await page.request.get(`${hub.baseURL}/api/teardown/benchmark/${id}`)).json()).state;
  await expect.poll(state, { timeout: 80_000 }).toBe("succeeded");
  await visit(`/lab/${id}`);
  const recovery = page.getByRole("region", { name: "Before, in and after the burst" });
  await expect(recovery.getByRole("row")).toHaveCount(4);
  const around = page.getByRole("figure", { name: /^Latency around the burst/ });
  await expect(around.getByRole("img", { name: /Latency over/ })).toBeVisible();
  const rude = page.getByRole("region", { name: "Rude clients" });
  await expect(rude.getByRole("row", { name: /Send slowly/ })).toContainText("of 4");
  const cost = page.getByRole("region", { name: "Cost of a million requests" });
  await expect(cost.getByRole("row", { name: /All together/ })).toBeVisible();
  await expect(page.getByText(/requests\/s, the closed load without think time/)).toBeVisible();
  await expectAccessible(page);

  await visit(`/systems/${place.system}/scorecard`);
  await expect(page.getByRole("region", { name: "Dimensions" }).getByRole("row").filter({ hasText: "Cost" })).not.toContainText("Not measured");
  await page.getByText(/^Cost: /).click();
  await expect(page.getByRole("region", { name: "What cost is made of" })).toContainText("Cost of a million requests");
  await page.getByRole("link", { name: "Beside 2026.1" }).click();
  await expect(page.getByRole("heading", { name: "The same by the curves of 2026.1" })).toBeVisible();
  const beside = page.getByRole("region", { name: "Scores by both versions of the curves" });
  await expect(beside.getByRole("row")).toHaveCount(10);
  await expectAccessible(page);
});

test("a benchmark opens the page on a phone and scores its experience @plain", async ({ page, hub, visit }) => {
  test.slow();
  const place = await shop(page, hub, "Visited shop");
  const load = { model: { kind: "closed", vus: 1, think_time_s: 0.05 }, duration_s: 1, warm_up_s: 0 };
  const request = { environment_id: place.environment, version: "1.0.0", devices: ["mobile"], interactions: [{ selector: "#query", text: "oak" }], steps: { max_users: 4, step_s: 0.5 }, ...load };
  const { id } = await call<{ id: string }>(page.context(), hub, "/api/teardown/benchmark/run", request);
  const state = async () => (await (await page.request.get(`${hub.baseURL}/api/teardown/benchmark/${id}`)).json()).state;
  await expect.poll(state, { timeout: 80_000 }).toBe("succeeded");
  await visit(`/lab/${id}`);
  const metrics = page.getByRole("region", { name: "Metrics of the page" });
  await expect(metrics.getByRole("row").filter({ hasText: "Largest Contentful Paint" })).toContainText("ms");
  await expect(metrics.getByRole("row").filter({ hasText: "Interaction to Next Paint" })).toContainText("ms");
  await expect(page.getByText("type #query => oak")).toBeVisible();
  await expect(page.getByRole("img", { name: "The page on the device “mobile” when it had loaded" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Accessibility, mobile" })).toBeVisible();
  await expect(page.getByText("the name of a tracker's cookie").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Compliance checks" })).toContainText("security.txt");
  await expect(page.getByRole("img", { name: /^Throughput in requests per second against/ })).toBeVisible();
  await expectAccessible(page);
  await visit(`/systems/${place.system}/scorecard`);
  await expect(page.getByRole("row").filter({ hasText: "User experience" })).not.toContainText("Not measured");
});

test("what the form can't use is refused beside its field", async ({ page, hub, visit }) => {
  const place = await shop(page, hub, "Refused shop");
  await visit(`/lab/new?system=${place.system}&version=1.0.0`);
  await page.getByLabel("Duration").fill("100000");
  await page.getByText("Requests and protocol").click();
  await page.getByLabel("Request mix").fill("home 1 GET /\ncart GET /cart");
  await page.getByLabel(/^Then a visitor does/).fill("hover #menu");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("alert")).toContainText("Line 2: write name, weight, method and path");
  await expect(page.getByLabel("Request mix")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Request mix")).toBeVisible();
  await expect(page.getByLabel(/^Then a visitor does/)).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel(/^Then a visitor does/)).toHaveValue("hover #menu");
  await expectAccessible(page);

  await page.getByLabel("Request mix").fill("");
  await page.getByLabel(/^Then a visitor does/).fill("");
  await page.getByLabel("Version", { exact: true }).fill("1.0.0");
  await page.getByLabel("Duration").fill("100000");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("alert")).toContainText("Duration must be 1 s to");
  await expect(page.getByLabel("Duration")).toHaveAttribute("aria-invalid", "true");
});

test("a running benchmark is cancelled", async ({ page, hub, visit, javaScriptEnabled }) => {
  const place = await shop(page, hub, "Cancelled shop");
  const run = await start(page, hub, place, "1.0.0", LONG);
  await visit(`/lab/${run}`);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel the benchmark" }).click();
  await over(page, hub, run);
  // A live page loads itself again at the end.
  if (!javaScriptEnabled) await visit(`/lab/${run}`);
  await expect(page.getByText(OVER).first()).toContainText("Cancelled");
  await expect(page.getByRole("link", { name: "Run again" })).toBeVisible();
  await expectAccessible(page);
});

test("a scorecard says what it rests on and how it changed", async ({ page, hub, visit }) => {
  const place = await shop(page, hub, "Weighed shop");
  await visit(`/systems/${place.system}/scorecard`);
  await expect(page.getByText("Nothing was measured yet")).toBeVisible();
  await expectAccessible(page);
  for (const version of ["1.0.0", "1.1.0"]) {
    await over(page, hub, await start(page, hub, place, version, SHORT));
  }
  await visit(`/systems/${place.system}/scorecard`);
  await expect(page.getByRole("heading", { name: "Weighed shop 1.1.0", level: 1 })).toBeVisible();
  const dimensions = page.getByRole("region", { name: "Dimensions" }).getByRole("row");
  await expect(dimensions).toHaveCount(10);
  await expect(dimensions.filter({ hasText: "Cost" })).toContainText("Not measured");

  await page.getByText(/^Performance: /).click();
  const sum = page.getByRole("region", { name: "What performance is made of" }).getByRole("row", { name: /^Sum/ });
  const total = (await page.getByText(/^Performance: /).textContent())?.match(/[\d.]+/)?.[0] ?? "none";
  await expect(sum).toContainText(total);
  await expect(page.getByRole("img", { name: /last 2 scorecards/ })).toBeVisible();
  await expectAccessible(page);
  const printed = (await page.pdf({ format: "A4" })).toString("latin1");
  expect(printed.match(/\/Type\s*\/Page\b/g), "a scorecard prints on one page").toHaveLength(1);

  await page.getByText("Compared with").locator("..").getByRole("link", { name: "1.0.0" }).click();
  await expect(page.getByRole("heading", { name: "Weighed shop 1.0.0", level: 1 })).toBeVisible();
  await page.getByRole("region", { name: "Metrics" }).getByRole("link", { name: "Throughput", exact: true }).click();
  await expect(page.getByText(OVER).first()).toBeVisible();
});

test("two versions are compared by their repetitions", async ({ page, hub, visit }) => {
  const place = await shop(page, hub, "Compared shop");
  await visit("/lab/compare");
  await expect(page.getByRole("heading", { name: "Compare", level: 1 })).toBeVisible();
  const repeated = { ...SHORT, duration_s: 1, repetitions: 6 };
  for (const version of ["1.0.0", "1.1.0"]) {
    await over(page, hub, await start(page, hub, place, version, repeated));
  }
  await visit(`/systems/${place.system}/scorecard`);
  await page.getByRole("link", { name: "Compare", exact: true }).click();
  const [baseline, candidate] = [page.getByLabel("Baseline"), page.getByLabel("Candidate")];
  await expect(baseline.locator("option:checked")).toHaveText("Compared shop › staging › 1.0.0");
  await expect(candidate.locator("option:checked")).toHaveText("Compared shop › staging › 1.1.0");
  await expect(page.getByText(/^Of \d+ metrics: /)).toBeVisible();
  const differences = page.getByRole("region", { name: "Differences" });
  const median = differences.getByRole("row").filter({ hasText: "Latency p50, corrected" });
  await expect(median).toContainText(/Better|Worse|No difference|Inconclusive/);
  await expect(median).toContainText("6 and 6");
  await expect(page.getByRole("img", { name: /^Difference of the candidate/ })).toBeVisible();
  await expect(page.getByText(/\d+ metrics with too few repetitions/)).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: "Swap" }).click();
  await expect(baseline.locator("option:checked")).toHaveText("Compared shop › staging › 1.1.0");

  await over(page, hub, await start(page, hub, place, "1.2.0", SHORT));
  await visit("/lab/compare");
  await expect(page.getByText("These two were not measured in the same way")).toBeVisible();
  await expectAccessible(page);
});

test("the list narrows to a system and shows what is empty", async ({ page, hub, visit }) => {
  const [measured, empty] = [await shop(page, hub, "Listed shop"), await shop(page, hub, "Empty shop")];
  await over(page, hub, await start(page, hub, measured, "2.0.0", SHORT));
  await visit("/lab");
  await expect(page.getByRole("row").filter({ hasText: "Listed shop" })).toContainText("2.0.0");
  await expectAccessible(page);

  await page.getByLabel("System", { exact: true }).selectOption(empty.system);
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(new RegExp(`system=${empty.system}`));
  await expect(page.getByText("No benchmarks of this system")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Run a benchmark" }).click();
  await expect(page.getByLabel("Environment")).toHaveValue(empty.environment);
});

test("an environment that is not verified is only looked at", async ({ page, hub, visit }) => {
  const system = await call<{ id: string }>(page.context(), hub, "/api/systems", { name: "Unproven shop" });
  const environment = { kind: "staging", base_url: "https://staging.example.com" };
  await call(page.context(), hub, `/api/systems/${system.id}/environments`, environment);
  await visit(`/lab/new?system=${system.id}`);
  await expect(page.getByText("Environments that are not verified get passive checks only")).toBeVisible();
  await expect(page.getByLabel("Environment")).toContainText("not verified");
  await expectAccessible(page);
});

test("a benchmark that is not there is not found", async ({ page, visit }) => {
  const response = await visit("/lab/01890a5d-ac96-774b-bcce-b302099a8057");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Nothing is here" })).toBeVisible();
});

/** A system whose staging environment is the sample shop, vouched for. */
async function shop(page: Page, hub: Hub, name: string): Promise<Place> {
  const post = <T>(path: string, data: unknown) => call<T>(page.context(), hub, path, data);
  const system = await post<{ id: string }>("/api/systems", { name });
  const address = { kind: "staging", base_url: hub.sampleURL };
  const environment = await post<{ id: string }>(`/api/systems/${system.id}/environments`, address);
  await post(`/api/environments/${environment.id}/allow-private`, { reason: "The sample shop on this machine" });
  return { system: system.id, environment: environment.id };
}

async function start(page: Page, hub: Hub, place: Place, version: string, load: object): Promise<string> {
  const request = { environment_id: place.environment, version, ...load };
  return (await call<{ id: string }>(page.context(), hub, "/api/teardown/benchmark/run", request)).id;
}

/** Waits until the benchmark has ended. */
async function over(page: Page, hub: Hub, run: string): Promise<void> {
  const state = async () => {
    const answer = await page.request.get(`${hub.baseURL}/api/teardown/benchmark/${run}`);
    return ((await answer.json()) as { state: string }).state;
  };
  await expect.poll(state, { timeout: 40_000 }).not.toMatch(/queued|running/);
}

/** Without WASM the page offers a reload. */
async function reloadedUntilOver(page: Page): Promise<void> {
  await expect(async () => {
    const reload = page.getByRole("link", { name: "Reload" });
    if ((await reload.count()) > 0) {
      await reload.click();
    }
    await expect(page.getByText(OVER).first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
}
