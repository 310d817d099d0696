// API keys, browser sessions, members.

import { newSession, signIn } from "./account.ts";
import { expect, expectAccessible, test } from "./test.ts";

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("a key's secret is shown once, opens the hub, and does not after the key is revoked", async ({ page, hub, visit }) => {
  const opens = async (secret: string) => {
    const headers = { authorization: `Bearer ${secret}` };
    return (await fetch(`${hub.baseURL}/api/systems`, { headers })).status;
  };
  await visit("/settings/keys/new");
  await expectAccessible(page);
  await page.getByLabel("Name").fill("pipeline");

  await test.step("a key without a scope is refused", async () => {
    await page.getByRole("button", { name: "Create the key" }).click();
    await expect(page.getByRole("alert")).toContainText("Choose at least one scope.");
    await expectAccessible(page);
  });

  await page.getByLabel("Name").fill("pipeline");
  await page.getByLabel("systems:read").check();
  await page.getByRole("button", { name: "Create the key" }).click();
  await expect(page.getByRole("heading", { name: "Key pipeline is made" })).toBeVisible();
  const secret = (await page.locator("pre").innerText()).trim();
  expect(secret).toMatch(/^sbh_[0-9a-f]{56}$/);
  expect(page.url()).not.toContain("sbh_");
  expect(await opens(secret)).toBe(200);
  await expectAccessible(page);

  await test.step("the page does not show it again", async () => {
    await visit("/settings/keys/created");
    await expect(page.getByRole("heading", { name: "The secret is not shown again" })).toBeVisible();
    expect(await page.content()).not.toContain(secret);
  });

  await visit("/settings/keys");
  const row = page.getByRole("row").filter({ hasText: "pipeline" });
  await expect(row).toContainText(secret.slice(0, 12));
  await expectAccessible(page);
  await row.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("button", { name: "Revoke the key" }).click();
  await expect(row).toContainText("Revoked");
  expect(await opens(secret)).toBe(401);
});

test("another session is listed and can be ended", async ({ page, hub, visit, browser }) => {
  const other = await browser.newContext({ userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0" });
  const elsewhere = await other.newPage();
  await newSession(elsewhere, hub);
  await visit("/settings/sessions");
  await expect(page.getByRole("row").filter({ hasText: "This browser" })).toHaveCount(1);
  await expectAccessible(page);
  const row = page.getByRole("row").filter({ hasText: "Firefox on Linux" });
  await row.getByRole("button").click();
  await expect(row).toHaveCount(0);
  expect((await other.request.get(`${hub.baseURL}/api/auth/me`)).status()).toBe(401);
  await other.close();
});

test("a member is added, and a second one with the same address is refused", async ({ page, visit }) => {
  const add = async () => {
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Role").selectOption("auditor");
    await page.getByLabel("First password").fill("a long enough password");
    await page.getByRole("button", { name: "Add the member" }).click();
  };
  await visit("/settings/members");
  await expectAccessible(page);
  await add();
  await expect(page.getByRole("row").filter({ hasText: "ada@example.com" })).toContainText(/auditor/i);
  await add();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "ada@example.com" })).toHaveCount(1);
});
