// The first visitor of a new hub.

import { type Hub, OWNER, startHub } from "./hub.ts";
import { expect, expectAccessible, test as base } from "./test.ts";

// A hub that nobody owns, for this file alone.
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

test("the first visitor becomes the owner and is led through the first five minutes", async ({ page, visit }) => {
  const create = async (password: string) => {
    await page.getByLabel("Organisation").fill("Acme");
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Create the owner account" }).click();
  };

  await test.step("whoever comes is asked to make the owner's account", async () => {
    await visit("/systems");
    await expect(page).toHaveURL(/\/welcome$/);
    await expectAccessible(page);
  });

  await test.step("a short password is refused beside its field", async () => {
    await create("too short");
    await expect(page.getByRole("alert")).toContainText("12 to 256 characters");
    await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Password")).toHaveValue("");
    await expect(page.getByLabel("Organisation")).toHaveValue("Acme");
    await expectAccessible(page);
  });

  await test.step("the overview of a new hub is a list of first steps", async () => {
    await create(OWNER.password);
    await expect(page.getByRole("heading", { name: "The first five minutes" })).toBeVisible();
    await expect(page.getByText("0 of 7 done")).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "(to do)" })).toHaveCount(7);
    await expectAccessible(page);
  });

  await test.step("the first step leads to the form of a system", async () => {
    await page.getByRole("link", { name: "Register a system" }).click();
    await expect(page.getByRole("heading", { name: "Register a system", level: 1 })).toBeVisible();
  });

  await test.step("nobody becomes the owner after that", async () => {
    await visit("/welcome");
    await expect(page.getByRole("heading", { name: "This hub has an owner" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Create the owner account" })).toHaveCount(0);
  });

  await test.step("signing out leads to the sign-in, and only the right password back", async () => {
    await visit("/");
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in$/);
    await expectAccessible(page);
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByLabel("Password").fill("not the password at all");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("E-mail or password is wrong.");
    await expect(page.getByLabel("E-mail")).toHaveValue(OWNER.email);
    await page.getByLabel("Password").fill(OWNER.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
  });
});
