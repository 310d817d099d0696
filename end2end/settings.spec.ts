// API keys, browser sessions, members.

import { member, newSession, signIn } from "./account.ts";
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

test("a member changes what they are called", async ({ page, hub, visit, browser, javaScriptEnabled }) => {
  const project = test.info().project.name.replaceAll(" ", "-");
  const account = await member(page, hub, `named.${test.info().workerIndex}.${project}@example.com`);
  const context = await browser.newContext({ baseURL: hub.baseURL, javaScriptEnabled: javaScriptEnabled ?? true });
  const own = await context.newPage();
  await newSession(own, hub, account);
  await own.goto("/settings/profile");
  await expect(own.getByLabel("Name")).toHaveValue(account.email);
  await expectAccessible(own);
  await own.getByLabel("Name").fill("Ada Lovelace");
  await own.getByRole("button", { name: "Change the name" }).click();
  await expect(own.getByText("Your name is changed.")).toBeVisible();
  await expect(own.getByLabel("Name")).toHaveValue("Ada Lovelace");
  await expectAccessible(own);
  await context.close();
  await visit("/settings/members");
  await expect(page.getByRole("row").filter({ hasText: account.email })).toContainText("Ada Lovelace");
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
  const form = page.locator("details").filter({ hasText: "Add a member with a password" });
  const add = async () => {
    await form.getByLabel("E-mail").fill("ada@example.com");
    await form.getByLabel("Role").selectOption("auditor");
    await form.getByLabel("First password").fill("a long enough password");
    await form.getByRole("button", { name: "Add the member" }).click();
  };
  await visit("/settings/members");
  await form.getByText("Add a member with a password").click();
  await expectAccessible(page);
  await add();
  await expect(page.getByRole("row").filter({ hasText: "ada@example.com" })).toContainText(/auditor/i);
  await form.getByText("Add a member with a password").click();
  await add();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "ada@example.com" })).toHaveCount(1);
});

test("a role is changed, and an ended membership ends the member's session", async ({ page, hub, visit, browser }) => {
  const account = await member(page, hub, "changing@example.com");
  const elsewhere = await browser.newContext();
  await newSession(await elsewhere.newPage(), hub, account);
  const state = async () => (await elsewhere.request.get(`${hub.baseURL}/api/auth/me`)).status();
  expect(await state()).toBe(200);
  await visit("/settings/members");
  const row = page.getByRole("row").filter({ hasText: account.email });
  await row.getByRole("button", { name: "Change", exact: true }).click();
  await expectAccessible(page);
  await page.getByRole("dialog").getByLabel("Role").selectOption("admin");
  await page.getByRole("button", { name: "Change the role" }).click();
  await expect(row).toContainText("admin");
  await row.getByRole("button", { name: "Change", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End the membership" }).click();
  await expect(row).toContainText("Ended");
  expect(await state()).toBe(401);
  await expectAccessible(page);
  await elsewhere.close();
});

test("an invitation makes the account of whoever follows it", async ({ page, visit, browser, hub }) => {
  await visit("/settings/members");
  const form = page.locator("section").filter({ hasText: "Invite somebody" });
  await form.getByLabel("E-mail").fill("eve@example.com");
  await form.getByLabel("Role").selectOption("auditor");
  await form.getByRole("button", { name: "Make the invitation" }).click();
  await expect(page.getByRole("heading", { name: "eve@example.com is invited" })).toBeVisible();
  await expectAccessible(page);
  const link = (await page.locator("pre").innerText()).trim();
  await visit("/settings/members");
  await expect(page.getByRole("table", { name: "Invitations" })).toContainText("eve@example.com");
  await expectAccessible(page);

  const context = await browser.newContext({ baseURL: hub.baseURL });
  const guest = await context.newPage();
  await guest.goto(link);
  await expect(guest.getByText("You are invited as auditor")).toBeVisible();
  await expectAccessible(guest);
  await guest.getByLabel("Password").fill("a long enough password");
  await guest.getByRole("button", { name: "Make the account" }).click();
  await expect(guest.getByText("Your account is made.")).toBeVisible();
  await guest.getByLabel("E-mail").fill("eve@example.com");
  await guest.getByLabel("Password").fill("a long enough password");
  await guest.getByRole("button", { name: "Sign in" }).click();
  await expect(guest.getByRole("heading", { level: 1 })).not.toHaveText("Sign in");
  await guest.goto(link);
  await expect(guest.getByText("Ask for a new one")).toBeVisible();
  await context.close();
});

test("roles and what each of them may do are told from the code", async ({ page, visit }) => {
  await visit("/settings/roles");
  const table = page.getByRole("table", { name: "Permissions by role" });
  const handing = table.getByRole("row").filter({ hasText: "tenant:own" });
  await expect(handing.getByRole("cell")).toHaveText([/Yes/, /No/, /No/, /No/]);
  await expectAccessible(page);
});

test("a key is rotated: the new one works beside the old one, each from its networks alone", async ({ page, hub, visit }) => {
  const opens = async (secret: string) =>
    (await fetch(`${hub.baseURL}/api/systems`, { headers: { authorization: `Bearer ${secret}` } })).status;
  const make = async (name: string, networks: string) => {
    await visit("/settings/keys/new");
    await page.getByLabel("Name").fill(name);
    await page.getByLabel(/Networks/).fill(networks);
    await page.getByLabel("systems:read").check();
    await page.getByRole("button", { name: "Create the key" }).click();
  };
  const secret = async () => (await page.locator("pre").innerText()).trim();
  await make("far", "not a network");
  await expect(page.getByRole("alert")).toContainText("10.1.0.0/16");
  await make("far", "203.0.113.0/24");
  expect(await opens(await secret())).toBe(401);
  await make("near", "127.0.0.0/8, ::1");
  const old = await secret();
  expect(await opens(old)).toBe(200);
  await visit("/settings/keys");
  const row = page.getByRole("row").filter({ hasText: "near" });
  await expect(row).toContainText("127.0.0.0/8");
  await row.getByRole("button", { name: "Rotate", exact: true }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Rotate the key" }).click();
  await expect(page.getByRole("heading", { name: "Key near is made" })).toBeVisible();
  expect([await opens(await secret()), await opens(old)]).toEqual([200, 200]);
  await visit("/settings/keys");
  await expect(page.getByRole("row").filter({ hasText: "near" }).getByRole("button", { name: "Rotate", exact: true })).toHaveCount(1);
});
