// Usage: what the organisation uses and how much it may, for those who oversee it.

import { call, member, newSession, signIn } from "./account.ts";
import { expect, expectAccessible, test } from "./test.ts";

test("an owner sees what is used, and takes the days along", async ({ page, hub, visit }) => {
  await signIn(page, hub);
  await call(page.context(), hub, "/api/systems", { name: "Usage" });
  await visit("/settings/usage");
  await expect(page.getByRole("link", { name: "Usage", exact: true })).toHaveAttribute("aria-current", "page");
  await expect(page.getByText("Enterprise", { exact: true })).toBeVisible();
  const systems = page.getByRole("listitem").filter({ hasText: "used, no limit" }).filter({ hasText: "Systems" });
  await expect(systems).toContainText("used, no limit");
  await expect(page.getByRole("table", { name: "Usage by day" }).getByRole("row")).toHaveCount(31);
  await expectAccessible(page);

  await page.getByRole("link", { name: "Show 92 days" }).click();
  await expect(page.getByRole("table", { name: "Usage by day" }).getByRole("row")).toHaveCount(93);
  const href = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  const table = await page.request.get(hub.baseURL + href);
  expect((await table.text()).split("\n")[0]).toBe("day,systems,members,runs,storage,api_calls");
});

test("a member is told who sees the usage", async ({ page, hub, visit }) => {
  await signIn(page, hub);
  const account = await member(page, hub, "usage@example.com");
  await page.context().clearCookies();
  await newSession(page, hub, account);
  const response = await visit("/settings/usage");
  expect(response?.status()).toBe(403);
  await expect(page.getByText("Auditors, admins and owners see this.")).toBeVisible();
  await expectAccessible(page);
});
