// Results of other tools: imported by their form, marked wherever they are shown, refused without losing what was typed.

import { fileURLToPath } from "node:url";

import { signIn } from "./account.ts";
import { newShop } from "./shop.ts";
import { expect, expectAccessible, test } from "./test.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../engines/imports/tests/fixtures/${name}`, import.meta.url));
const LIGHTHOUSE = fixture("lighthouse-13.json");
const K6 = fixture("k6-handle-summary.json");
const NARROW = { width: 360, height: 780 };

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("results of two tools are imported from the system's page as one marked scorecard", async ({ page, hub, visit }, info) => {
  const name = `Imported shop ${info.project.name}`;
  const place = await newShop(page, hub, name);
  await visit(`/systems/${place.system}`);
  await page.getByRole("link", { name: "Import results" }).click();
  await expect(page.getByRole("heading", { name: "Import results", level: 1 })).toBeVisible();
  await expect(page.getByLabel("Environment").locator("option")).toHaveCount(1);
  await expectAccessible(page);

  await page.getByLabel("Version", { exact: true }).fill("1.4.0");
  await page.getByLabel("Files", { exact: true }).setInputFiles([LIGHTHOUSE, K6]);
  await page.getByRole("button", { name: "Import", exact: true }).click();

  await expect(page.getByRole("heading", { name: `${name} 1.4.0`, level: 1 })).toBeVisible();
  await expect(page.getByText(/^Imported: [\d.]+ points, grade/)).toBeVisible();
  const from = page.getByRole("region", { name: "Imported files" });
  await expect(from.getByRole("row").filter({ hasText: "Lighthouse" })).toContainText("lighthouse-13.json");
  await expect(from.getByRole("row").filter({ hasText: "k6" })).toContainText("k6-handle-summary.json");
  await expect(page.getByText(/Kept until \d{4}-\d\d-\d\d/)).toBeVisible();
  await expectAccessible(page);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download k6-handle-summary.json" }).click(),
  ]);
  expect(file.suggestedFilename()).toContain("k6-handle-summary");

  await page.getByRole("link", { name: "Scorecard", exact: true }).click();
  await expect(page.getByText("The hub did not measure this:")).toBeVisible();
  const dimensions = page.getByRole("region", { name: "Dimensions" }).getByRole("row");
  await expect(dimensions.filter({ hasText: "Security" })).toContainText("Not measured");
  await expectAccessible(page);
  await visit(`/lab?system=${place.system}`);
  await expect(page.getByRole("row").filter({ hasText: "1.4.0" })).toContainText(/Imported from .*Lighthouse/);
});

test("a broken file is refused beside its field, and what was typed stays", async ({ page, hub, visit }, info) => {
  const place = await newShop(page, hub, `Refused shop ${info.project.name}`);
  await visit(`/lab/import?system=${place.system}`);
  await page.getByLabel("Version", { exact: true }).fill("2.0.0");
  await page.getByLabel("Format").selectOption("k6_summary");
  const broken = { name: "broken.json", mimeType: "application/json", buffer: Buffer.from('{"metrics":') };
  await page.getByLabel("Files", { exact: true }).setInputFiles(broken);
  await page.getByRole("button", { name: "Import", exact: true }).click();

  await expect(page.getByRole("alert")).toContainText("broken.json");
  await expect(page.getByLabel("Files", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Version", { exact: true })).toHaveValue("2.0.0");
  await expect(page.getByLabel("Environment")).toHaveValue(place.environment);
  await expect(page.getByLabel("Format")).toHaveValue("k6_summary");
  await expectAccessible(page);
  await page.getByLabel("Files", { exact: true }).setInputFiles(K6);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText(/^Imported: [\d.]+ points, grade/)).toBeVisible();
});

test("importing and what was imported fit a phone @wasm", async ({ page, hub, visit }) => {
  await page.setViewportSize(NARROW);
  const place = await newShop(page, hub, "Narrow shop");
  const fits = async () => {
    const { content, window } = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      window: document.documentElement.clientWidth,
    }));
    expect(content).toBeLessThanOrEqual(window);
  };
  await visit(`/lab/import?system=${place.system}`);
  await fits();
  await page.getByLabel("Version", { exact: true }).fill("3.0.0");
  await page.getByLabel("Files", { exact: true }).setInputFiles([LIGHTHOUSE, K6]);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText(/^Imported: [\d.]+ points, grade/)).toBeVisible();
  await fits();
  await page.getByRole("link", { name: "Scorecard", exact: true }).click();
  await expect(page.getByText("The hub did not measure this:")).toBeVisible();
  await fits();
});
