// Codes by text message: switched on, added, and signed in with.

import { expect as expectOf, type Page } from "@playwright/test";

import { member, newSession } from "./account.ts";
import type { Hub, OWNER } from "./hub.ts";
import { expect, expectAccessible, test } from "./test.ts";

/** The code of the last message to a number, which the hub wrote into its log. */
function code(hub: Hub, number: string): string {
  const sent = [...hub.output.matchAll(/to (\+\d+): (\d{6}) is your code/g)].filter((match) => match[1] === number);
  const last = sent.at(-1)?.[2];
  expectOf(last, `a message to ${number} in the log`).toBeDefined();
  return last ?? "";
}

async function password(page: Page, account: typeof OWNER): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a number is added where the policy counts it, and its codes sign in", async ({ page, hub, browser, javaScriptEnabled, visit }) => {
  // A number gets a code every thirty seconds.
  test.setTimeout(150_000);
  const project = test.info().project.name.includes("plain") ? 1 : 2;
  const number = `+49151234567${test.info().workerIndex % 9}${project}`;
  await hub.withOwner();
  await newSession(page, hub);
  const account = await member(page, hub, `messages.${test.info().workerIndex}.${project}@example.com`);

  await test.step("an admin switches it on", async () => {
    await visit("/settings/sign-in");
    await expectAccessible(page);
    await page.getByLabel("Text message").check();
    await page.getByRole("button", { name: "Set the policy" }).click();
    await expect(page.getByText("The policy is set.")).toBeVisible();
    await expect(page.getByLabel("Text message")).toBeChecked();
  });

  const context = await browser.newContext({ baseURL: hub.baseURL, javaScriptEnabled: javaScriptEnabled ?? true });
  const own = await context.newPage();
  await password(own, account);
  await own.goto("/settings/security");
  await expect(own.getByRole("button", { name: "Add an authenticator app" })).toBeVisible();
  await own.getByRole("link", { name: "Add a number for text messages" }).click();
  await expect(own.getByText("The weakest second factor")).toBeVisible();
  await expectAccessible(own);
  await own.getByLabel("Mobile number").fill("0151 23456789");
  await own.getByRole("button", { name: "Send a code" }).click();
  await expect(own.getByRole("alert").first()).toBeVisible();
  await expectAccessible(own);
  await own.getByLabel("Mobile number").fill(number);
  await own.getByRole("button", { name: "Send a code" }).click();
  await expect(own.getByRole("heading", { name: `A code was sent to +49 … ${number.slice(-2)}` })).toBeVisible();
  await expectAccessible(own);
  await own.getByLabel("Code from the message").fill(code(hub, number));
  await own.getByRole("button", { name: "Confirm the number" }).click();
  await expect(own.getByText("The second factor is added.")).toBeVisible();
  await expect(own.getByRole("row").filter({ hasText: "Text message" }).first()).toContainText(number.slice(-2));
  await expectAccessible(own);
  await context.request.post("/api/auth/sign-out", { headers: { origin: hub.baseURL } });

  await test.step("the next sign-in asks for it", async () => {
    await password(own, account);
    await expect(own.getByRole("heading", { name: "One more step" })).toBeVisible();
    await expectAccessible(own);
    await expect(async () => {
      await own.getByRole("button", { name: "Send a code" }).click();
      await expect(own.getByText("A code is on its way")).toBeVisible({ timeout: 3_000 });
    }).toPass({ timeout: 60_000, intervals: [2_000] });
    await expectAccessible(own);
    await own.getByLabel("Code from the message").fill(code(hub, number));
    await own.getByRole("button", { name: "Sign in with the message" }).click();
    await expect(own.getByRole("navigation", { name: "Main" })).toBeAttached();
  });
  await context.close();
});
