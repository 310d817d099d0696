// Workspaces, who is in them, and what they share: from the first form to a version that somebody else approved.

import { call, member, signIn } from "./account.ts";
import { newShop } from "./shop.ts";
import { expect, expectAccessible, test } from "./test.ts";

const HURL = "GET {{base_url}}/\nHTTP 200\n";

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("a team makes its workspace, shares a golden path and uses it for a system", async ({ page, hub, visit }, info) => {
  const project = info.project.name;
  const team = `Team ${project}`;
  const shop = await newShop(page, hub, `Library shop ${project}`);
  const ada = await member(page, hub, `ada-${project}@example.com`);

  await visit("/workspaces");
  await expectAccessible(page);
  await visit("/workspaces/new");
  await expectAccessible(page);
  await page.getByLabel("Name", { exact: true }).fill(team);
  await page.getByRole("button", { name: "Make the workspace" }).click();
  await expect(page.getByRole("heading", { name: team })).toBeVisible();
  const place = new URL(page.url()).pathname;

  await test.step("only members of the organisation are added, and the feed tells of it", async () => {
    await page.getByLabel("E-mail", { exact: true }).fill("nobody@example.com");
    await page.getByRole("button", { name: "Add the member" }).click();
    await expect(page.getByRole("alert")).toContainText("No active member");
    await expect(page.getByLabel("E-mail", { exact: true })).toHaveValue("nobody@example.com");
    await page.getByLabel("E-mail", { exact: true }).fill(ada.email);
    await page.getByLabel("Role", { exact: true }).last().selectOption("editor");
    await page.getByRole("button", { name: "Add the member" }).click();
    await expect(page.getByRole("row").filter({ hasText: ada.email })).toContainText("editor");
    await expectAccessible(page);
    await page.getByRole("link", { name: "Activity" }).click();
    await expect(page.getByRole("row").filter({ hasText: "Member added:" })).toContainText(ada.email);
    await expectAccessible(page);
  });

  await test.step("a golden path that is none is refused beside its field, and what was typed stays", async () => {
    await visit("/library/new");
    await expectAccessible(page);
    await page.getByLabel("Workspace", { exact: true }).selectOption({ label: team });
    await page.getByLabel("Name", { exact: true }).fill(`Home ${project}`);
    await page.getByLabel("Tags", { exact: false }).fill("start, home");
    await page.getByLabel("Content", { exact: false }).fill("GET\nHTTP");
    await page.getByRole("button", { name: "Share", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue(`Home ${project}`);
    await expectAccessible(page);
    await page.getByLabel("Content", { exact: false }).fill(HURL);
    await page.getByRole("button", { name: "Share", exact: true }).click();
    await expect(page.getByRole("heading", { name: `Home ${project}` })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Version 1" })).toBeVisible();
    await expectAccessible(page);
  });
  const asset = new URL(page.url()).pathname;

  await visit(`${asset}?tab=versions`);
  await page.getByLabel("Content", { exact: false }).fill(`${HURL}# two\n`);
  await page.getByRole("button", { name: "Make the version" }).click();
  await expect(page.getByRole("heading", { name: "Version 2" })).toBeVisible();
  await expect(page.locator(".diff-added")).toContainText("# two");
  await expectAccessible(page);

  await test.step("what a system uses is not removed", async () => {
    await visit(`${asset}?tab=uses`);
    await page.getByLabel("System", { exact: true }).selectOption({ label: `Library shop ${project}` });
    await page.getByRole("button", { name: "Use it" }).click();
    await expect(page.getByRole("row").filter({ hasText: `Library shop ${project}` })).toContainText("In use");
    await expectAccessible(page);
    await visit(`/gates/${shop.system}`);
    await expect(page.getByRole("row").filter({ hasText: `Home ${project}` })).toBeVisible();
    await visit(`${asset}?tab=manage`);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Remove the asset" }).click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await expect(page.getByRole("alert")).toContainText(`Library shop ${project}`);
    await page.getByLabel("Reason", { exact: true }).fill("There is a better one");
    await page.getByRole("button", { name: "Deprecate", exact: true }).click();
    await expect(page.getByText("Deprecated: There is a better one")).toBeVisible();
  });

  await test.step("the list finds it by the beginning of a word, deprecated ones when asked for", async () => {
    await visit(`/library?q=hom&workspace=${place.split("/").pop()}`);
    await expect(page.getByText("No such assets")).toBeVisible();
    await page.getByLabel("Deprecated too").check();
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page.getByRole("row").filter({ hasText: `Home ${project}` })).toContainText("Deprecated");
    await expectAccessible(page);
  });
});

test("what is proposed is approved by somebody else, and the roles are told", async ({ page, hub, visit }, info) => {
  const project = info.project.name;
  const ada = await member(page, hub, `ed-${project}@example.com`);
  const post = <T>(path: string, data: unknown) => call<T>(page.context(), hub, path, data);
  const team = await post<{ id: string }>("/api/workspace/create", { name: `Reviewed ${project}`, review_changes: true });
  await post("/api/workspace/member/add", { workspace_id: team.id, email: ada.email, role: "editor" });
  const asset = { workspace_id: team.id, kind: "prompt", name: `Prompt ${project}`, content: "Summarise this" };
  const shared = await post<{ id: string; proposal_id: string }>("/api/library/share", asset);
  const proposal = `/library/${shared.id}?tab=reviews&proposal=${shared.proposal_id}`;

  await visit(proposal);
  await expect(page.getByText("A reviewer of the workspace who did not propose it decides.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Approve" })).toHaveCount(0);
  await expectAccessible(page);

  await page.context().clearCookies();
  await signIn(page, hub, ada);
  await visit("/library/reviews");
  await expectAccessible(page);
  await page.getByRole("link", { name: `Prompt ${project}`, exact: false }).click();
  await page.getByRole("button", { name: "Reject" }).click();
  await expect(page.getByRole("alert")).toContainText("Say why");
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText("The proposal is approved and became a version.")).toBeVisible();
  await expectAccessible(page);

  await visit("/settings/roles");
  await expect(page.getByRole("table", { name: "Permissions in a workspace by role" })).toBeVisible();
  await expectAccessible(page);
});

test("nothing is wider than a phone", async ({ page, hub, visit }, info) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const post = <T>(path: string, data: unknown) => call<T>(page.context(), hub, path, data);
  const team = await post<{ id: string }>("/api/workspace/create", { name: `Narrow ${info.project.name}` });
  const text = { workspace_id: team.id, kind: "document", name: "A document", content: `${"long ".repeat(80)}\n` };
  const asset = await post<{ id: string }>("/api/library/share", text);
  const places = ["/workspaces", "/workspaces/new", `/workspaces/${team.id}`, "/library", "/library/new", `/library/${asset.id}`];
  for (const tab of ["versions", "uses", "reviews", "manage"]) {
    places.push(`/library/${asset.id}?tab=${tab}`);
  }
  for (const tab of ["activity", "settings"]) {
    places.push(`/workspaces/${team.id}?tab=${tab}`);
  }
  for (const place of places) {
    await visit(place);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, place).toBeLessThanOrEqual(0);
  }
});
