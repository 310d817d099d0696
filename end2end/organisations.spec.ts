// The organisations of a hub, as those see them who run it: from the first form to one that is to go.

import { newSession, signIn } from "./account.ts";
import { type Hub, OWNER, startHub } from "./hub.ts";
import { expect, expectAccessible, test as base } from "./test.ts";

// A hub of its own: with several organisations the sign-in page asks which.
const test = base.extend<object, { hub: Hub }>({
  hub: [
    async ({}, use) => {
      const hub = await startHub();
      await use(hub);
      await hub.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

const WHY = "The bill of May is open.";

test("an organisation is made, suspended, resumed, removed and restored", async ({ page, hub, visit }, info) => {
  const name = `Acme ${info.project.name}`;
  const boss = { email: `boss-${info.project.name}@acme.example`, password: OWNER.password };
  await signIn(page, hub);
  await visit("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Organisations" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Runs the hub" })).toContainText("Active");
  await expectAccessible(page);

  await test.step("what is wrong is told beside its field, and what was typed stays", async () => {
    await visit("/organisations/new");
    await expectAccessible(page);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Owner's e-mail").fill(boss.email);
    await page.getByLabel("Slug").fill("No slug");
    await page.getByRole("button", { name: "Make the organisation" }).click();
    await expect(page.getByRole("alert")).toContainText("lower-case letters");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue(name);
    await expectAccessible(page);
  });

  const link = await test.step("without a password there is a link for the owner, shown once", async () => {
    await page.getByLabel("Slug").fill("");
    await page.getByLabel("Tier").selectOption("professional");
    await page.getByRole("button", { name: "Make the organisation" }).click();
    await expect(page.getByRole("heading", { name: `${name} waits for its owner` })).toBeVisible();
    await expectAccessible(page);
    const link = (await page.locator("pre").innerText()).trim();
    await visit("/organisations/invited");
    await expect(page.getByRole("heading", { name: "The link is not shown again" })).toBeVisible();
    await expectAccessible(page);
    return new URL(link).pathname;
  });

  await test.step("the owner follows it and signs in", async () => {
    await page.context().clearCookies();
    await visit(link);
    await page.getByLabel("Password").fill(boss.password);
    await page.getByRole("button", { name: "Make the account" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    await newSession(page, hub, boss);
    await visit("/");
    await expect(page.getByRole("navigation", { name: "Main" })).toContainText(name);
    await expect(page.getByRole("link", { name: "Organisations" })).toHaveCount(0);
    expect((await visit("/organisations"))?.status()).toBe(403);
    await expectAccessible(page);
  });
  const theirs = await page.context().cookies();

  await page.context().clearCookies();
  await signIn(page, hub);
  await visit("/organisations");
  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await expectAccessible(page);
  const place = new URL(page.url()).pathname;
  await page.getByLabel("Tier").selectOption("enterprise");
  await page.getByRole("button", { name: "Change the tier" }).click();
  await expect(page.getByText("The tier is changed.")).toBeVisible();

  await test.step("a suspended organisation's people are told why, and get in again afterwards", async () => {
    await page.getByLabel("Reason").fill(WHY);
    await page.getByRole("button", { name: "Suspend the organisation" }).click();
    await expect(page.getByText("The organisation is suspended. Nobody of it gets in.")).toBeVisible();
    await expectAccessible(page);
    await page.context().clearCookies();
    await page.context().addCookies(theirs);
    await visit("/systems");
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(page.getByRole("alert")).toContainText(WHY);
    await page.getByLabel("E-mail").fill(boss.email);
    await page.getByLabel("Password").fill(boss.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText(WHY);
    await expectAccessible(page);
    await page.context().clearCookies();
    await signIn(page, hub);
    await visit(place);
    await page.getByRole("button", { name: "Resume the organisation" }).click();
    await expect(page.getByText("The organisation is resumed.")).toBeVisible();
  });

  await test.step("one that is to go can be restored", async () => {
    await page.getByRole("button", { name: "Remove the organisation" }).click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await expect(page.getByText("The organisation is to be removed.")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Restore the organisation" }).click();
    await expect(page.getByText("The organisation stays.")).toBeVisible();
    await expectAccessible(page);
  });
});
