// Share links: made and revoked on a scorecard's page, and read by somebody without an account.

import { call, signIn } from "./account.ts";
import { measure, newShop, validate } from "./shop.ts";
import { expect, expectAccessible, test } from "./test.ts";

test("a link shows a scorecard to somebody without an account until it is revoked", async ({ page, hub, visit, browser }) => {
  await signIn(page, hub);
  const shop = await newShop(page, hub, "Shared shop");
  await measure(page, hub, shop, "1.0.0");
  const rules = [{ id: "p95", subject: { metric: "latency.corrected.p95_ms" }, threshold: { at_most: 60_000 } }];
  const document = { name: "Release", golden_paths: "off", rules };
  await call(page.context(), hub, "/api/gate/policy", { system_id: shop.system, document });
  await validate(page, hub, shop, "1.0.0");

  await visit(`/systems/${shop.system}/scorecard`);
  await expect(page.getByRole("img", { name: "Scores of the dimensions, 0 to 100 points" })).toBeVisible();
  await expect(page.getByRole("img", { name: "Badge of the version 1.0.0" })).toBeVisible();
  await page.getByLabel("What the link is for").fill("Readme");
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByRole("heading", { name: "Link Readme is made", level: 1 })).toBeVisible();
  await expect(page.getByRole("img", { name: "Badge of Shared shop" })).toBeVisible();
  await expect(page.getByText(/^\[!\[Scorecard of Shared shop\]/)).toBeVisible();
  await expectAccessible(page);
  const address = (await page.getByRole("link", { name: "Open it" }).getAttribute("href")) ?? "";
  expect(address).toMatch(new RegExp(`^${hub.baseURL}/shared/[0-9a-f]{64}$`));
  await page.reload();
  await expect(page.getByText("A link is shown once")).toBeVisible();
  await expectAccessible(page);

  const stranger = await (await browser.newContext()).newPage();
  const shown = await stranger.goto(address);
  expect(shown?.status()).toBe(200);
  await expect(stranger.getByRole("heading", { name: "Shared shop 1.0.0", level: 1 })).toBeVisible();
  await expect(stranger.getByText("Allowed")).toBeVisible();
  await expect(stranger.getByRole("region", { name: "Dimensions" }).getByRole("row").filter({ hasText: "Cost" })).toContainText("Not measured");
  await expect(stranger.getByRole("link")).toHaveCount(0);
  await expectAccessible(stranger);
  await stranger.emulateMedia({ media: "print" });
  await expect(stranger.getByRole("heading", { name: "Dimensions" })).toBeVisible();

  await visit(`/systems/${shop.system}/scorecard`);
  const links = page.getByRole("region", { name: "Share links" });
  await expect(links.getByRole("row").filter({ hasText: "Readme" })).toContainText("1.0.0, staging");
  await links.getByRole("button", { name: "Revoke", exact: true }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Revoke the link" }).click();
  await expect(links.getByText("Revoked")).toBeVisible();
  await expectAccessible(page);

  const gone = await stranger.goto(address);
  expect(gone?.status()).toBe(404);
  await expect(stranger.getByRole("heading", { name: "This link shows nothing", level: 1 })).toBeVisible();
  await expectAccessible(stranger);
  await stranger.context().close();
});

test("a link without a name is refused beside its field", async ({ page, hub, visit }) => {
  await signIn(page, hub);
  const shop = await newShop(page, hub, "Unnamed shop");
  await measure(page, hub, shop, "1.0.0");
  await visit(`/systems/${shop.system}/scorecard`);
  await page.getByLabel("What the link is for").fill(" ");
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByRole("alert")).toContainText("One field is not valid");
  await expect(page.getByLabel("What the link is for")).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
});
