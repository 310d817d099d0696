// Schedules, what came of them, and the inbox.

import { signIn } from "./account.ts";
import { newShop, validate } from "./shop.ts";
import { expect, expectAccessible, test } from "./test.ts";

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("a schedule is written with its next times in sight, run by hand, paused, changed and removed", async ({ page, hub, visit }, info) => {
  const named = `Nightly ${info.project.name}`;
  await newShop(page, hub, `Scheduled shop ${info.project.name}`);
  await visit("/lab/schedules");
  await expectAccessible(page);
  await visit("/lab/schedules/new");
  await expectAccessible(page);

  await test.step("what is typed stays while its next times are shown", async () => {
    await page.getByLabel("Name", { exact: true }).fill(named);
    await page.getByLabel("Times", { exact: true }).fill("30 2 * * 1-5");
    await page.getByLabel("Time zone", { exact: true }).fill("Asia/Tokyo");
    await page.getByRole("button", { name: "Show the next times" }).click();
    await expect(page.locator(".schedule-times time")).toHaveCount(5);
    await expect(page.locator(".schedule-times time").first()).toContainText("02:30 (UTC+09:00)");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue(named);
    await expectAccessible(page);
  });

  await test.step("times that lie too close are refused beside their field", async () => {
    await page.getByLabel("Times", { exact: true }).fill("* * * * *");
    await page.getByRole("button", { name: "Create the schedule" }).click();
    await expect(page.getByRole("alert")).toContainText("5 minutes apart");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue(named);
    await expectAccessible(page);
  });

  await page.getByLabel("Times", { exact: true }).fill("0 3 * * *");
  await page.getByLabel("Load model").selectOption("closed");
  await page.getByLabel("Virtual users", { exact: true }).fill("1");
  await page.getByLabel("Duration", { exact: true }).fill("1");
  await page.getByLabel("Warm-up", { exact: true }).fill("0");
  await page.getByRole("button", { name: "Create the schedule" }).click();
  await expect(page.getByRole("heading", { name: named })).toBeVisible();
  await expect(page.getByText("Nothing yet")).toBeVisible();
  await expectAccessible(page);
  const place = new URL(page.url()).pathname;

  await test.step("a run by hand leads to the benchmark, and the history leads there again", async () => {
    await page.getByRole("button", { name: "Run now" }).click();
    await expect(page).toHaveURL(/\/lab\/[0-9a-f-]{36}$/);
    await visit(place);
    await expect(page.getByRole("row").filter({ hasText: "by hand" })).toContainText("nightly-");
    await expectAccessible(page);
  });

  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(page.getByText("Paused", { exact: true })).toHaveCount(0);

  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await expect(page.getByLabel("Times", { exact: true })).toHaveValue("0 3 * * *");
  await expect(page.getByLabel("Virtual users", { exact: true })).toHaveValue("1");
  await expectAccessible(page);
  await page.getByLabel("Version", { exact: true }).fill("{latest}");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("{latest}")).toBeVisible();

  await page.getByRole("button", { name: "Remove the schedule" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page).toHaveURL(/\/lab\/schedules$/);
  await expect(page.getByRole("row").filter({ hasText: named })).toHaveCount(0);
});

test("a version that may not be released is told once, read, and told no more when that is chosen", async ({ page, hub, visit }, info) => {
  const version = `9.0.0-${info.project.name.replaceAll(/[^a-z0-9]/gi, "")}`;
  const shop = await newShop(page, hub, `Told shop ${info.project.name}`);
  await validate(page, hub, shop, version);
  await visit("/");
  const bell = page.getByRole("link", { name: /^Notifications/ });
  await expect(bell).toHaveAttribute("aria-label", /unread/);
  await bell.click();
  await expect(page.getByRole("heading", { name: "Notifications" })).toBeVisible();
  const line = page.getByRole("listitem").filter({ hasText: version });
  await expect(line).toHaveCount(1);
  await expectAccessible(page);

  await line.getByRole("button", { name: /^Mark as read/ }).click();
  await expect(line).toHaveCount(0);
  await visit("/notifications?show=all&kind=validation_blocked");
  await expect(line).toHaveCount(1);
  await line.getByRole("link").click();
  await expect(page).toHaveURL(/\/gates\/validations\//);

  await visit("/settings/notifications");
  await expectAccessible(page);
  await page.getByLabel("Version blocked", { exact: true }).selectOption("none");
  await page.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(page.getByText("It counts for what happens from now on.")).toBeVisible();
  await validate(page, hub, shop, `${version}-again`);
  await visit("/notifications?show=all");
  await expect(page.getByRole("listitem").filter({ hasText: `${version}-again` })).toHaveCount(0);
  await page.goto("/settings/notifications");
  await page.getByLabel("Version blocked", { exact: true }).selectOption("all");
  await page.getByRole("button", { name: "Keep", exact: true }).click();
});
