// Gates: golden paths and policies in their editors, and the validation that says allowed or blocked.

import type { Page } from "@playwright/test";

import { call, signIn } from "./account.ts";
import type { Hub } from "./hub.ts";
import { goldenPath, measure, newShop, type Shop, validate } from "./shop.ts";
import { expect, expectAccessible, test } from "./test.ts";

const HOME = "GET {{base_url}}/\nHTTP 200\n[Captures]\ntype: header \"Content-Type\"\n";
const BROKEN = "GET {{base_url}}/\nHTTP 200\n[Asserts]\nstatus == 418\n";

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("a golden path is tried, saved, changed and deleted", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Path shop");
  await visit(`/gates/${shop.system}`);
  await expect(page.getByText("No golden paths yet")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "New golden path" }).click();
  await expect(page.getByRole("heading", { name: "New golden path", level: 1 })).toBeVisible();
  await expect(source(page)).toHaveValue(/GET \{\{base_url\}\}/);
  await expectAccessible(page);

  await test.step("a fault in the file is told with line and column, and what was typed stays", async () => {
    await page.getByLabel("Name").fill("Home");
    await source(page).fill("GET {{base_url}}/\nHTTP 200\n[Assert]\n");
    await page.getByLabel("Variables").fill("user=ada");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("alert")).toContainText(/line 3, column \d+/);
    await expect(source(page)).toHaveAttribute("aria-invalid", "true");
    await expect(source(page)).toHaveValue("GET {{base_url}}/\nHTTP 200\n[Assert]\n");
    await expect(page.getByLabel("Name")).toHaveValue("Home");
    await expect(page.getByLabel("Variables")).toHaveValue(/user=ada/);
    await expectAccessible(page);
  });

  await test.step("a test run shows each request and keeps nothing", async () => {
    await source(page).fill(BROKEN);
    await page.getByRole("button", { name: "Test run" }).click();
    await expect(page.getByText(/^It failed after/)).toBeVisible();
    await expect(page.getByText("status == 418", { exact: true })).toBeVisible();
    await expect(source(page)).toHaveValue(BROKEN);
    await expectAccessible(page);
    await source(page).fill(HOME);
    await page.getByRole("button", { name: "Test run" }).click();
    await expect(page.getByText(/^It passed: 1 request/)).toBeVisible();
    await page.getByText(`${hub.sampleURL}/`).click();
    await expect(page.getByText("text/html; charset=utf-8")).toBeVisible();
    await expectAccessible(page);
  });

  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
  await expect(page.getByText("Revision 1, changed")).toBeVisible();
  await page.getByLabel("Time limit").fill("30");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Revision 2, changed")).toBeVisible();
  await expect(page.getByLabel("Time limit")).toHaveValue("30");

  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Delete Home?" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Delete the golden path" }).click();
  await expect(page.getByText("No golden paths yet")).toBeVisible();
});

test("a first policy is offered, tried on what was measured, and saved", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Policy shop");
  await measure(page, hub, shop, "1.0.0");
  await visit(`/gates/${shop.system}?tab=policy`);
  await expect(page.getByText("No policy yet")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Write the policy" }).click();
  await expect(page.getByText("No policy is in force")).toBeVisible();
  await expect(rule(page, 1).getByLabel("Limit")).toHaveValue("500");
  await expect(rule(page, 3).getByLabel("A failure")).toHaveValue("warn");
  await expectAccessible(page);

  await test.step("a bad number is told beside its field, and stays", async () => {
    await rule(page, 1).getByLabel("Limit").fill("fast");
    await page.getByRole("button", { name: "Save as revision 1" }).click();
    await expect(page.getByRole("alert")).toContainText("The limit must be a number");
    await expect(rule(page, 1).getByLabel("Limit")).toHaveValue("fast");
    await expect(rule(page, 1).getByLabel("Limit")).toHaveAttribute("aria-invalid", "true");
    await expectAccessible(page);
  });

  await rule(page, 1).getByLabel("Limit").fill("0.001");
  await page.getByRole("button", { name: "What it would have said" }).click();
  const said = page.getByRole("region", { name: "What it would have said" }).getByRole("row").filter({ hasText: "1.0.0" });
  await expect(said).toContainText("Blocked");
  await expect(said).toContainText("(allowed: at most 0.001 ms)");
  await expect(rule(page, 1).getByLabel("Limit")).toHaveValue("0.001");
  await expectAccessible(page);

  await page.getByRole("button", { name: "Save as revision 1" }).click();
  await expect(page.getByText("In force: revision 1")).toBeVisible();
  await page.getByLabel("JSON").fill('{ "name": "From text", "rules": [], "golden_paths": "required" }');
  await page.getByRole("button", { name: "Save the text" }).click();
  await expect(page.getByText("In force: revision 2")).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("From text");
});

test("a text that is no policy is refused with its line, and stays", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Text shop");
  await visit(`/gates/${shop.system}/policy`);
  await page.getByLabel("JSON").fill('{\n  "name": "x",\n  "rulez": []\n}');
  await page.getByRole("button", { name: "Save the text" }).click();
  await expect(page.getByRole("alert")).toContainText("Line 3, column");
  await expect(page.getByLabel("JSON")).toHaveValue(/rulez/);
  await expect(page.getByText("No policy is in force")).toBeVisible();
  await expectAccessible(page);
});

test("rows and text of a policy follow each other @wasm", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Twin shop");
  await visit(`/gates/${shop.system}/policy`);
  const text = page.getByLabel("JSON");
  await rule(page, 1).getByLabel("Limit").fill("250");
  await expect(text).toHaveValue(/"at_most": 250\n/);
  await rule(page, 1).getByLabel("Allowed").selectOption("relative");
  await expect(page.getByText("The text waits")).toBeVisible();
  await rule(page, 1).getByLabel("Than the last").fill("3");
  await rule(page, 1).getByLabel("Worse by at most").fill("10");
  await expect(text).toHaveValue(/"max_worse_pct": 10\n/);

  await page.getByRole("button", { name: "Remove rule 2" }).click();
  await expect(text).not.toHaveValue(/error_rate_pct/);
  await page.getByRole("button", { name: "Add a rule" }).click();
  await rule(page, 3).getByLabel("Judges").selectOption("overall");
  await rule(page, 3).getByLabel("Allowed").selectOption("at_least");
  await rule(page, 3).getByLabel("Limit").fill("60");
  await expect(text).toHaveValue(/"overall": true[^]*"at_least": 60/);

  await text.fill((await text.inputValue()).replace('"at_least": 60', '"at_least": 61'));
  await expect(rule(page, 3).getByLabel("Limit")).toHaveValue("61");
  await text.fill("{");
  await expect(page.getByText(/^Line 1, column 1: /)).toBeVisible();
  await expect(rule(page, 3).getByLabel("Limit")).toHaveValue("61");
  await expectAccessible(page);
});

test("one more rule fits into a policy without WASM @plain", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Plain shop");
  await visit(`/gates/${shop.system}/policy`);
  await rule(page, 2).getByLabel("Judges").selectOption("");
  await rule(page, 4).getByLabel("Judges").selectOption("overall");
  await rule(page, 4).getByLabel("Limit").fill("100");
  await page.getByRole("button", { name: "Save as revision 1" }).click();
  await expect(page.getByText("In force: revision 1")).toBeVisible();
  await expect(rule(page, 3).getByLabel("Judges")).toHaveValue("overall");
  await expect(page.getByLabel("JSON")).not.toHaveValue(/error_rate_pct/);
});

test("a version is blocked with the measurement behind it", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Blocked shop");
  await measure(page, hub, shop, "1.0.0");
  await goldenPath(page, hub, shop, "Home", HOME);
  await policy(page, hub, shop, 0.001);
  await visit(`/gates/${shop.system}`);
  await expect(page.getByLabel("Version", { exact: true })).toHaveValue("1.0.0");
  await page.getByRole("button", { name: "Validate" }).click();
  await expect(page.getByRole("heading", { name: "Blocked shop 1.0.0", level: 1 })).toBeVisible();
  await judged(page, "Blocked: 1 of 2 checks failed.");

  const rows = page.getByRole("region", { name: "Checks" }).getByRole("row");
  await expect(rows.nth(1)).toContainText("Failed");
  await expect(rows.nth(1)).toContainText("at most 0.001 ms");
  await expect(rows.nth(1).getByRole("link", { name: "Run" })).toBeVisible();
  await expect(rows.nth(2)).toContainText("Golden path Home");
  await expectAccessible(page);

  const gates = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Gates/ });
  await expect(gates).toHaveAccessibleName(/blocked/);

  await page.getByText("Home", { exact: true }).click();
  await expect(page.getByText(`GET ${hub.sampleURL}/`)).toBeVisible();
  await page.getByText("Copy as Markdown").click();
  await expect(page.getByText("### Blocked: 1 of 2 checks failed.")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: "Judge again" }).click();
  await expect(page.getByText("the same verdict, check by check")).toBeVisible();

  await test.step("it is allowed once the policy allows it", async () => {
    await policy(page, hub, shop, 60_000);
    await page.getByRole("button", { name: "Validate again" }).click();
    await judged(page, "Allowed: 2 of 2 checks passed.");
    await expectAccessible(page);
  });
  await visit("/gates");
  await expect(page.getByRole("region", { name: "Systems" }).getByRole("row").filter({ hasText: "Blocked shop" })).toContainText("Allowed");
  await expectAccessible(page);
});

test("a dry run says that it enforces nothing, and what is missing is inconclusive", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Missing shop");
  const id = await validate(page, hub, shop, "0.1.0");
  await visit(`/gates/validations/${id}`);
  await expect(page.getByText(/^Inconclusive: the system has no policy/)).toBeVisible();
  await expectAccessible(page);
  await policy(page, hub, shop, 100, true);
  await visit(`/gates/validations/${await validate(page, hub, shop, "0.1.0")}`);
  await expect(page.getByText("A dry run: the verdict is shown and enforces nothing.")).toBeVisible();
  await expect(page.getByRole("region", { name: "Checks" })).toContainText("This version was not measured");
  await visit(`/gates/${shop.system}?tab=validations`);
  await expect(page.getByRole("region", { name: "Validations" }).getByRole("row")).toHaveCount(3);
  await expectAccessible(page);
});

test("an unknown version is refused beside its field", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Wrong shop");
  await visit(`/gates/${shop.system}`);
  await page.getByLabel("Version", { exact: true }).fill("two words");
  await page.getByRole("button", { name: "Validate" }).click();
  await expect(page.getByRole("alert")).toContainText("Version may have letters");
  await expect(page.getByLabel("Version", { exact: true })).toHaveAttribute("aria-invalid", "true");
});

test("a validation that is not there is not found", async ({ page, visit }) => {
  const response = await visit("/gates/validations/01890a5d-ac96-774b-bcce-b302099a8057");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Nothing is here" })).toBeVisible();
});

test("a golden path is written and tried by keyboard @wasm", async ({ page, hub, visit }) => {
  const shop = await newShop(page, hub, "Keyboard shop");
  await visit(`/gates/${shop.system}/paths/new`);
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Typed");
  await page.keyboard.press("Tab");
  await expect(source(page)).toBeFocused();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(HOME);
  await page.getByRole("button", { name: "Test run" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^It passed: 1 request/)).toBeVisible();
});

function source(page: Page) {
  return page.getByLabel("Hurl file");
}

function rule(page: Page, number: number) {
  return page.getByRole("group", { name: `Rule ${number}`, exact: true });
}

async function policy(page: Page, hub: Hub, shop: Shop, limit: number, dryRun = false): Promise<void> {
  const rules = [{ id: "p95", subject: { metric: "latency.corrected.p95_ms" }, threshold: { at_most: limit } }];
  const document = { name: "Release", golden_paths: "if_present", dry_run: dryRun, rules };
  await call(page.context(), hub, "/api/gate/policy", { system_id: shop.system, document });
}

/** Waits for the verdict: live with WASM, by the page's own link without. */
async function judged(page: Page, summary: string): Promise<void> {
  await expect(async () => {
    const look = page.getByRole("link", { name: "Look again" });
    if (!(test.info().project.use.javaScriptEnabled ?? true) && (await look.count()) > 0) {
      await look.click();
    }
    await expect(page.getByText(summary, { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
}
