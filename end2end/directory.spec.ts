// Members from a directory: the roles that its groups give, and keys that renew themselves.

import { signIn } from "./account.ts";
import { expect, expectAccessible, test } from "./test.ts";

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("an admin says which role the groups of a directory give", async ({ page, visit }) => {
  await visit("/settings/directory");
  await expect(page.locator("pre")).toContainText("/scim/v2");
  await expectAccessible(page);
  await page.getByLabel("Group 1", { exact: true }).fill("Hub admins");
  await page.getByLabel("Role of group 1", { exact: true }).selectOption("admin");

  await test.step("a group that is listed twice is refused beside its field", async () => {
    await page.getByLabel("Group 2", { exact: true }).fill("hub ADMINS");
    await page.getByRole("button", { name: "Set the roles" }).click();
    await expect(page.getByRole("alert")).toContainText("This group is listed already.");
    await expectAccessible(page);
  });

  await page.getByLabel("Group 1", { exact: true }).fill("Hub admins");
  await page.getByLabel("Role of group 1", { exact: true }).selectOption("admin");
  await page.getByLabel("Group 2", { exact: true }).fill("");
  await page.getByRole("button", { name: "Set the roles" }).click();
  await expect(page.getByText("The groups give these roles from now on.")).toBeVisible();
  await expect(page.getByLabel("Group 1", { exact: true })).toHaveValue("Hub admins");
  await expect(page.getByLabel("Role of group 1", { exact: true })).toHaveValue("admin");
  await expectAccessible(page);
});

test("a key is rotated by itself from now on, and no more", async ({ page, visit }) => {
  await visit("/settings/keys/new");
  await page.getByLabel("Name").fill("nightly");
  await page.getByLabel("systems:read").check();
  await page.getByRole("button", { name: "Create the key" }).click();
  await visit("/settings/keys");
  const row = page.getByRole("row").filter({ hasText: "nightly" });
  await row.getByRole("button", { name: "Schedule", exact: true }).click();
  await page.getByLabel("Every how many days").fill("1");
  await page.getByRole("button", { name: "Rotate it by itself" }).click();
  await expect(page.getByRole("alert")).toContainText("shorter than the time between two turns");
  await expectAccessible(page);
  await row.getByRole("button", { name: "Schedule", exact: true }).click();
  await page.getByLabel("Every how many days").fill("30");
  await page.getByRole("button", { name: "Rotate it by itself" }).click();
  await expect(row).toContainText("rotates itself every 30 days");
  await expectAccessible(page);
  await row.getByRole("button", { name: "Schedule", exact: true }).click();
  await page.getByRole("button", { name: "Rotate it no more" }).click();
  await expect(row).not.toContainText("rotates itself");
});
