// Systems, their environments, and the proof of whose they are.

import { call, signIn } from "./account.ts";
import { expect, expectAccessible, test } from "./test.ts";

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("a system with an environment on this machine is registered and vouched for", async ({ page, hub, visit }) => {
  await visit("/systems/new");
  await page.getByLabel("Name").fill("Shop");
  await page.getByLabel("Description").fill("The sample shop.");
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByRole("heading", { name: "Shop", level: 1 })).toBeVisible();
  await expect(page.getByText("No environments yet")).toBeVisible();
  await expectAccessible(page);

  await test.step("an address that is none is refused beside its field", async () => {
    await page.getByLabel("Base URL").fill("ftp://127.0.0.1");
    await page.getByRole("button", { name: "Add environment" }).click();
    await expect(page.getByRole("alert")).toContainText("Base URL must begin with http:// or https://.");
    await expect(page.getByLabel("Base URL")).toHaveAttribute("aria-invalid", "true");
  });

  await page.getByLabel("Base URL").fill(hub.sampleURL);
  await page.getByRole("button", { name: "Add environment" }).click();
  await expect(page.getByRole("heading", { name: "staging", level: 1 })).toBeVisible();
  await expect(page.getByText("Not verified: the hub only looks")).toBeVisible();
  await expectAccessible(page);

  await test.step("a check that fails says what it found", async () => {
    await page.getByRole("button", { name: "Check the file now" }).click();
    await expect(page.getByRole("alert")).toContainText("/.well-known/sbh-verification.txt answered 404.");
    await expectAccessible(page);
  });

  await page.getByLabel("Reason").fill("The sample shop on this machine");
  await page.getByRole("button", { name: "Allow this address" }).click();
  await expect(page.getByText("Verified: benchmarks and golden paths may run here.")).toBeVisible();
  await expect(page.getByText("The sample shop on this machine")).toBeVisible();
  await expectAccessible(page);

  await test.step("the system's page and the overview know it", async () => {
    await page.getByRole("navigation", { name: "Where I am" }).getByRole("link", { name: "Shop" }).click();
    await expect(page.getByText("Verified", { exact: true })).toBeVisible();
    await expect(page.getByText("Nothing was measured yet")).toBeVisible();
    await expectAccessible(page);
    await visit("/");
    await expect(page.getByRole("row", { name: /^Shop staging/ })).toBeVisible();
    await expectAccessible(page);
  });
});

test("what is not verified is listed under what needs the reader", async ({ page, hub, visit }) => {
  const system = await call<{ id: string }>(page.context(), hub, "/api/systems", { name: "Billing" });
  const environment = { kind: "production", base_url: "https://billing.example.com" };
  await call(page.context(), hub, `/api/systems/${system.id}/environments`, environment);
  await visit("/");
  const need = page.getByRole("listitem").filter({ hasText: "https://billing.example.com/" });
  await expect(need).toContainText("Not verified");
  await expectAccessible(page);
  await need.getByRole("link").click();
  await expect(page.getByRole("heading", { name: "production", level: 1 })).toBeVisible();
  await expect(page.getByText("_sbh-verification.billing.example.com")).toBeVisible();
});

test("a name that is taken is refused", async ({ page, hub, visit }) => {
  await call(page.context(), hub, "/api/systems", { name: "Taken" });
  await visit("/systems/new");
  await page.getByLabel("Name").fill("Taken");
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page).toHaveURL(/\/systems\/new/);
  await expect(page.getByLabel("Name")).toHaveValue("Taken");
});

test("a system that is not there is not found", async ({ page, visit }) => {
  const response = await visit("/systems/01890a5d-ac96-774b-bcce-b302099a8057");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Nothing is here" })).toBeVisible();
  await expectAccessible(page);
});

test("the keyboard leads to the systems and to a new one @wasm", async ({ page, visit }) => {
  await visit("/");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page.getByRole("heading", { name: "Systems", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "Register a system" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name").focus();
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "By keyboard", level: 1 })).toBeVisible();
});

test("the search finds a system by a part of its name", async ({ page, hub, visit, javaScriptEnabled }) => {
  await call(page.context(), hub, "/api/systems", { name: "Findable depot" });
  await visit("/");
  if (javaScriptEnabled) {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("searchbox")).toBeFocused();
  }
  await page.getByRole("searchbox").fill("able dep");
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(/\/search\?q=able\+dep$/);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Findable depot" }).click();
  await expect(page.getByRole("heading", { name: "Findable depot", level: 1 })).toBeVisible();
});

test("a search that finds nothing says what can be found", async ({ page, visit }) => {
  await visit("/search?q=%25%3Cscript%3E");
  await expect(page.getByText("Nothing is called “%<script>”")).toBeVisible();
  await expectAccessible(page);
});
