// Second factors: adding them, signing in with them, and confirming who sits there.

import { createHmac } from "node:crypto";

import type { Browser, BrowserContext, Page } from "@playwright/test";

import { call, member, signIn } from "./account.ts";
import type { Hub, OWNER } from "./hub.ts";
import { expect, expectAccessible, hydrated, test } from "./test.ts";

/** The code that an app with this secret in Base32 shows, some steps of thirty seconds from now (RFC 6238). */
function code(secret: string, ahead = 0): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(" ", "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac("sha1", key).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

interface Visitor {
  context: BrowserContext;
  page: Page;
}

/** A browser of its own, at the sign-in. */
async function visitor(browser: Browser, javaScriptEnabled: boolean, baseURL: string): Promise<Visitor> {
  const context = await browser.newContext({ baseURL, javaScriptEnabled });
  const page = await context.newPage();
  await page.goto("/sign-in");
  return { context, page };
}

async function password(page: Page, account: typeof OWNER): Promise<void> {
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function signsInAs(page: Page, account: typeof OWNER): Promise<void> {
  await password(page, account);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeAttached();
}

let number = 0;

/** A member who nobody else is, made by the owner. */
async function somebody(page: Page, hub: Hub, role = "member"): Promise<typeof OWNER> {
  await signIn(page, hub);
  number += 1;
  return member(page, hub, `person${number}.${test.info().workerIndex}.${test.info().project.name.replaceAll(" ", "-")}@example.com`, role);
}

test("an authenticator app is added, asked for, and stood in for by a recovery code", async ({ page, hub, browser, javaScriptEnabled }) => {
  const account = await somebody(page, hub);
  const { context, page: own } = await visitor(browser, javaScriptEnabled ?? true, hub.baseURL);
  await signsInAs(own, account);
  await own.goto("/settings/security");
  await expect(own.getByText("You have none yet")).toBeVisible();
  await expectAccessible(own);
  await own.getByRole("button", { name: "Add an authenticator app" }).click();
  await expect(own.getByRole("img", { name: "QR code" })).toBeVisible();
  await expectAccessible(own);
  const secret = (await own.locator("pre").innerText()).trim();

  await test.step("a wrong code is refused beside its field", async () => {
    await own.getByLabel("Code", { exact: true }).fill("000000");
    await own.getByRole("button", { name: "Confirm the app" }).click();
    await expect(own.getByRole("alert").first()).toBeVisible();
    await expectAccessible(own);
  });

  await own.getByLabel("Code", { exact: true }).fill(code(secret));
  await own.getByRole("button", { name: "Confirm the app" }).click();
  await expect(own.getByText("The second factor is added.")).toBeVisible();
  await own.getByRole("button", { name: "Make new recovery codes" }).click();
  await expect(own.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();
  await expectAccessible(own);
  const recovery = (await own.locator("pre").innerText()).trim().split("\n");
  expect(recovery).toHaveLength(10);
  await own.goto("/settings/security");
  await expect(own.getByText("10 are left")).toBeVisible();
  await expectAccessible(own);
  await context.close();

  await test.step("the next sign-in asks for it", async () => {
    const { context, page } = await visitor(browser, javaScriptEnabled ?? true, hub.baseURL);
    await password(page, account);
    await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
    await expectAccessible(page);
    expect((await context.request.get("/api/auth/me")).status()).toBe(401);
    await page.getByLabel("Code", { exact: true }).fill("000000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("not accepted");
    await page.getByLabel("Code", { exact: true }).fill(code(secret, 1));
    await page.getByLabel(/Do not ask in this browser/).check();
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("navigation", { name: "Main" })).toBeAttached();
    await page.context().request.post("/api/auth/sign-out", { headers: { origin: hub.baseURL } });
    await page.goto("/sign-in");
    await signsInAs(page, account);
    await page.goto("/settings/security");
    await expect(page.getByRole("table", { name: "Remembered browsers" })).toBeVisible();
    await expectAccessible(page);
    await context.close();
  });

  await test.step("a recovery code stands in for it", async () => {
    const { context, page } = await visitor(browser, javaScriptEnabled ?? true, hub.baseURL);
    await password(page, account);
    await page.getByText("Use a recovery code").click();
    await page.getByLabel("Recovery code", { exact: true }).fill((recovery[0] ?? "").toUpperCase());
    await page.getByRole("button", { name: "Sign in with the recovery code" }).click();
    await page.goto("/settings/security");
    await expect(page.getByText("9 are left")).toBeVisible();
    await context.close();
  });
});

test("a passkey is added and signs in @wasm", async ({ page, hub, browser }) => {
  const account = await somebody(page, hub);
  // Browsers make passkeys for names; an address has none.
  const baseURL = hub.baseURL.replace("127.0.0.1", "localhost");
  const { context, page: own } = await visitor(browser, true, baseURL);
  const devtools = await context.newCDPSession(own);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
  await signsInAs(own, account);
  await own.goto("/settings/security");
  await own.getByRole("link", { name: "Add a passkey" }).click();
  await hydrated(own);
  await expectAccessible(own);
  await own.getByLabel(/Name/).fill("Laptop");
  await own.getByRole("button", { name: "Make the passkey" }).click();
  await expect(own.getByText("The second factor is added.")).toBeVisible();
  await expect(own.getByRole("row").filter({ hasText: "Laptop" })).toContainText("Passkey");

  await own.getByRole("button", { name: "Account" }).click();
  await own.getByRole("button", { name: "Sign out" }).click();
  await password(own, account);
  await expect(own.getByRole("heading", { name: "One more step" })).toBeVisible();
  await hydrated(own);
  await expectAccessible(own);
  await own.getByRole("button", { name: "Use a passkey" }).click();
  await expect(own.getByRole("navigation", { name: "Main" })).toBeAttached();

  await test.step("and confirms who sits there", async () => {
    await own.goto("/confirm?next=%2Fsettings%2Fsessions");
    await hydrated(own);
    await expectAccessible(own);
    await own.getByRole("button", { name: "Use a passkey" }).click();
    await expect(own).toHaveURL(/settings.sessions/);
  });
  await context.close();
});

test("a policy leads somebody without a second factor through adding one", async ({ page, hub, browser, javaScriptEnabled }) => {
  const account = await somebody(page, hub, "auditor");
  await page.goto("/settings/sign-in");
  await page.getByLabel(/^auditor/).check();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Set the policy" }).click();
  await expect(page.getByText("The policy is set.")).toBeVisible();
  await expect(page.getByLabel(/^auditor/)).toBeChecked();

  const { context, page: own } = await visitor(browser, javaScriptEnabled ?? true, hub.baseURL);
  await password(own, account);
  await expect(own.getByText("Your organisation asks for a second factor.")).toBeVisible();
  await expectAccessible(own);
  await own.getByRole("button", { name: "Add an authenticator app" }).click();
  const secret = (await own.locator("pre").innerText()).trim();
  await expectAccessible(own);
  await own.getByLabel("Code", { exact: true }).fill(code(secret));
  await own.getByRole("button", { name: "Confirm and sign in" }).click();
  await expect(own.getByText("You are signed in.")).toBeVisible();
  await own.goto("/settings/sign-in");
  await expect(own.getByText("A second factor is needed by: auditor.")).toBeVisible();
  await expectAccessible(own);
  await context.close();

  // For the tests that come after this one.
  const answer = await page.context().request.put(`${hub.baseURL}/api/tenants/sign-in-policy`, {
    data: { second_factor: [], remember_days: 30 },
    headers: { origin: hub.baseURL },
  });
  expect(answer.ok()).toBe(true);
});

test("who sits there is confirmed by the password, and leads on within the hub alone", async ({ page, hub, browser, javaScriptEnabled }) => {
  const account = await somebody(page, hub);
  const { context, page: own } = await visitor(browser, javaScriptEnabled ?? true, hub.baseURL);
  await signsInAs(own, account);
  await own.goto("/confirm?next=%2F%2Felsewhere.example%2F");
  await expectAccessible(own);
  await own.getByLabel("Password").fill("not the password");
  await own.getByRole("button", { name: "Confirm" }).click();
  await expect(own.getByRole("alert").first()).toBeVisible();
  await own.getByLabel("Password").fill(account.password);
  await own.getByRole("button", { name: "Confirm" }).click();
  await expect(own).toHaveURL(/127\.0\.0\.1:\d+\/settings/);
  await context.close();
});

test("a password is changed, and the other sessions end", async ({ page, hub, browser, javaScriptEnabled }) => {
  const account = await somebody(page, hub);
  const there = await browser.newContext({ baseURL: hub.baseURL });
  await call(there, hub, "/api/auth/sign-in", account);
  const { context, page: own } = await visitor(browser, javaScriptEnabled ?? true, hub.baseURL);
  await signsInAs(own, account);
  await own.goto("/settings/security");
  await own.getByLabel("Current password").fill("not the password");
  await own.getByLabel("New password").fill("a much longer password");
  await own.getByRole("button", { name: "Change the password" }).click();
  await expect(own.getByText("The current password is wrong.").first()).toBeVisible();
  expect((await there.request.get("/api/auth/me")).status()).toBe(200);
  await own.getByLabel("Current password").fill(account.password);
  await own.getByLabel("New password").fill("a much longer password");
  await own.getByRole("button", { name: "Change the password" }).click();
  await expect(own.getByText("The password is changed.")).toBeVisible();
  expect((await there.request.get("/api/auth/me")).status()).toBe(401);
  expect((await context.request.get("/api/auth/me")).status()).toBe(200);
  await there.close();
  await context.close();
});
