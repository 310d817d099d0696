// Privacy: one's own data, erasure, consent; and what admins see.

import { member, newSession, signIn } from "./account.ts";
import { expect, expectAccessible, test } from "./test.ts";

test("a member gets their data, and asks for their erasure and takes it back", async ({ page, hub, visit }) => {
  await signIn(page, hub);
  const account = await member(page, hub, "privacy@example.com");
  await page.context().clearCookies();
  await newSession(page, hub, account);
  await visit("/settings/privacy");
  await expect(page.getByText("Your organisation asks for no consent.")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Ask for your data" }).click();
  await expect(async () => {
    await visit("/settings/privacy");
    await expect(page.getByRole("link", { name: "JSON" })).toBeVisible({ timeout: 500 });
  }).toPass();
  await expectAccessible(page);
  const file = await page.request.get(hub.baseURL + (await page.getByRole("link", { name: "JSON" }).getAttribute("href")));
  expect((await file.json()).person.email).toBe("privacy@example.com");

  await page.getByRole("button", { name: "Erase your account" }).click();
  await page.getByRole("button", { name: "Ask for the erasure" }).click();
  await expect(page.getByText("Your erasure is asked for")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByText("Your erasure is asked for")).toHaveCount(0);
  await expect(page.getByRole("row").filter({ hasText: "Erasure" })).toContainText("Taken back");

  await test.step("everybody's requests are not theirs to see", async () => {
    const response = await visit("/privacy/requests");
    expect(response?.status()).toBe(403);
    await expectAccessible(page);
  });
});

test("an owner asks for consent, looks at retention, and keeps the register", async ({ page, hub, visit }) => {
  await signIn(page, hub);
  await visit("/privacy/requests");
  await expectAccessible(page);

  await visit("/privacy/consents");
  await expectAccessible(page);
  await page.getByLabel("Purpose", { exact: true }).fill("letters");
  await page.getByLabel("Title").fill("Letters");
  await page.getByLabel("What people agree to").fill("We may write to you.");
  await page.getByRole("button", { name: "Ask for it" }).click();
  await expect(page.getByRole("row").filter({ hasText: "We may write to you." })).toContainText("Asked for");
  await visit("/settings/privacy");
  await page.getByRole("button", { name: "Agree: Letters" }).click();
  await expect(page.getByRole("button", { name: "Withdraw: Letters" })).toBeVisible();
  await expectAccessible(page);
  await visit("/privacy/consents");
  await expect(page.getByRole("table", { name: "Decisions" })).toContainText("Agreed");
  await expectAccessible(page);

  await visit("/privacy/retention");
  await expect(page.getByRole("row").filter({ hasText: "Audit entries" })).toContainText("For ever");
  await expectAccessible(page);

  await visit("/privacy/register");
  await expect(page.getByText("System Builder Hub: Accounts and signing in")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Name", { exact: true }).fill("Orders");
  await page.getByLabel("Purpose", { exact: true }).fill("Selling");
  await page.getByLabel("Persons").fill("Customers");
  await page.getByLabel("Data", { exact: true }).fill("Orders\nAddresses");
  await page.getByLabel("Retention", { exact: true }).fill("Ten years");
  await page.getByRole("button", { name: "Add the record" }).click();
  await page.getByText("Orders", { exact: true }).first().click();
  await expect(page.getByText("Orders; Addresses")).toBeVisible();
  await expectAccessible(page);
});
