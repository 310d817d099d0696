// The audit log: reading, filtering, checking.

import { call, signIn } from "./account.ts";
import { expect, expectAccessible, test } from "./test.ts";

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("entries are filtered by the address and told in full", async ({ page, hub, visit }) => {
  const system = await call<{ id: string }>(page.context(), hub, "/api/systems", { name: "Audited" });
  await visit("/audit");
  await expectAccessible(page);
  await page.getByLabel("Action begins with").fill("system");
  await page.getByLabel("About the thing with id").fill(system.id);
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/action=system/);
  const rows = page.getByRole("row").filter({ hasText: "system.created" });
  await expect(rows).toHaveCount(1);

  await page.getByText("system.created").click();
  await expect(page.locator("pre")).toContainText('"name": "Audited"');
  await expectAccessible(page);
  const proof = page.getByRole("link", { name: "Proof" });
  const answer = await page.request.get(hub.baseURL + (await proof.getAttribute("href")));
  expect(answer.ok()).toBe(true);

  await test.step("what matches nothing says so", async () => {
    await visit("/audit?action=nothing.like.this");
    await expect(page.getByText("No entry matches")).toBeVisible();
    await expectAccessible(page);
  });
});

test("the log is intact, also against a checkpoint that was kept", async ({ page, hub, visit }) => {
  const kept = await (await page.request.get(`${hub.baseURL}/api/audit/checkpoint`)).text();
  await call(page.context(), hub, "/api/systems", { name: "After the checkpoint" });
  await visit("/audit");
  await page.getByRole("link", { name: "Verify the log" }).click();
  await expect(page.getByText(/^Intact: all \d+ entries are as they were written\.$/)).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel("Checkpoint").fill(kept);
  await page.getByRole("button", { name: "Verify against it" }).click();
  await expect(page.getByText(/^A checkpoint of/)).toBeVisible();
  await expect(page.getByText(/^Intact/)).toBeVisible();

  await page.getByLabel("Checkpoint").fill("not a note");
  await page.getByRole("button", { name: "Verify against it" }).click();
  await expect(page.getByRole("alert")).toContainText("The checkpoint is not a note");
  await expectAccessible(page);
});

test("a member is told who reads the log", async ({ page, hub, visit }) => {
  const member = { email: "builder@example.com", password: "a long enough password" };
  await call(page.context(), hub, "/api/tenants/members", { ...member, role: "member" });
  await page.context().clearCookies();
  await signIn(page, hub, member);
  const response = await visit("/audit");
  expect(response?.status()).toBe(403);
  await expect(page.getByText("Auditors, admins and owners read the audit log.")).toBeVisible();
  await expectAccessible(page);
});
