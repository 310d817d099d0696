// Identity providers: an admin adds one and tries it, members sign in and out with it.

import { call, signIn } from "./account.ts";
import { Provider, signInThere } from "./provider.ts";
import { expect, expectAccessible, test } from "./test.ts";

interface Added {
  id: string;
  addresses: { oidc: { redirect_uri: string; post_logout_redirect_uri: string; backchannel_logout_uri: string; audience: string } };
}

test("an admin adds a provider, sees what it has to know, and tries it", async ({ page, hub, browser, javaScriptEnabled }) => {
  const provider = await Provider.listen();
  await signIn(page, hub);
  await page.goto("/settings/providers");
  await expect(page.getByText("No identity provider yet").or(page.getByRole("table", { name: "Identity providers" }))).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Add an OpenID Connect provider" }).click();
  await expect(page.getByRole("heading", { name: "New OpenID Connect provider" })).toBeVisible();
  await expectAccessible(page);
  const name = `Tried ${test.info().project.name}`;
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Issuer", { exact: true }).fill("ftp://id.example.com");
  await page.getByLabel("Client ID", { exact: true }).fill("hub");
  await page.getByLabel("Roles by group").fill("testers = auditor\nadmins");
  await page.getByRole("button", { name: "Add the provider" }).click();
  await expect(page.getByRole("alert").first()).toContainText("Line 2");
  await page.getByLabel("Roles by group").fill("testers = auditor");
  await page.getByRole("button", { name: "Add the provider" }).click();
  await expect(page.getByRole("alert").first()).toContainText("issuer");
  await expectAccessible(page);
  await page.getByLabel("Issuer", { exact: true }).fill(provider.issuer);
  await page.getByLabel(/^Client secret/).fill("s3cret & more");
  await page.getByLabel(/^Scopes/).fill("profile email groups");
  await page.getByLabel("Claim with the groups").fill("groups");
  await page.getByLabel("New members come in by themselves").check();
  await page.getByRole("button", { name: "Add the provider" }).click();
  await expect(page.getByText("The provider is saved.")).toBeVisible();
  await expectAccessible(page);
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const added = (await (await page.context().request.get(`${hub.baseURL}/api/auth/providers/${id}`)).json()) as Added;
  await provider.serve(added.addresses.oidc);

  await test.step("its configuration is checked step by step", async () => {
    await page.getByRole("link", { name: "Check its configuration" }).click();
    await expect(page.getByRole("table", { name: "What came of each step" })).toContainText("The issuer is exactly the configured one.");
    await expectAccessible(page);
  });

  await test.step("signing in to try it changes nothing", async () => {
    // In a browser of its own: the page of other tests asks nothing of other hosts.
    const context = await browser.newContext({ baseURL: hub.baseURL, javaScriptEnabled, storageState: await page.context().storageState() });
    const own = await context.newPage();
    await own.goto(`/settings/providers/${id}`);
    await own.getByRole("link", { name: "Sign in to try it" }).click();
    await signInThere(own, "jane");
    await expect(own.getByText("This works: you would come in as auditor.")).toBeVisible();
    await expect(own.getByText("admins, testers")).toBeVisible();
    await expectAccessible(own);
    await context.close();
  });

  await test.step("it is removed", async () => {
    await page.getByRole("button", { name: "Remove the provider" }).or(page.getByText("Remove the provider", { exact: true })).first().click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await expect(page.getByText("The provider is removed")).toBeVisible();
  });
  provider.stop();
});

test("a member signs in with the provider, and out of both", async ({ page, hub, browser, javaScriptEnabled }) => {
  const provider = await Provider.listen();
  await signIn(page, hub);
  const name = `Work ${test.info().project.name}`;
  const oidc = { issuer: provider.issuer, client_id: "hub", client_secret: "s3cret & more" };
  const added = await call<Added>(page.context(), hub, "/api/auth/providers", { name, just_in_time: true, default_role: "member", protocol: { oidc } });
  await provider.serve(added.addresses.oidc);
  const context = await browser.newContext({ baseURL: hub.baseURL, javaScriptEnabled });
  const visitor = await context.newPage();
  await visitor.goto("/sign-in");
  await expectAccessible(visitor);
  await visitor.getByRole("link", { name: `Sign in with ${name}` }).click();
  const login = `kim-${test.info().project.name.replaceAll(" ", "-")}`;
  await signInThere(visitor, login);
  await expect(visitor.getByRole("navigation", { name: "Main" })).toBeAttached();
  await visitor.goto("/settings/security");
  await expect(visitor.getByRole("table", { name: "Connected accounts" })).toContainText(name);
  await expect(visitor.getByLabel("Current password")).toHaveCount(0);
  await expectAccessible(visitor);

  await test.step("the provider confirms who sits there", async () => {
    await visitor.goto("/confirm?next=/settings/keys");
    await expect(visitor.getByLabel("Password")).toHaveCount(0);
    await expectAccessible(visitor);
    await visitor.getByRole("link", { name: `Confirm with ${name}` }).click();
    await visitor.locator("input[name=login]").fill(login);
    await visitor.locator("input[name=password]").fill("any");
    await visitor.locator("button[type=submit]").click();
    await expect(visitor).toHaveURL(/\/settings\/keys$/);
  });

  await test.step("signing out leads to signing out there", async () => {
    await visitor.getByRole("button", { name: "Account" }).click();
    await visitor.getByRole("button", { name: "Sign out" }).click();
    await expect(visitor.getByRole("heading", { name: "Signed out" })).toBeVisible();
    await expectAccessible(visitor);
    expect((await context.request.get("/api/auth/me")).status()).toBe(401);
    await visitor.getByRole("link", { name: `Sign out at ${name} too` }).click();
    await visitor.getByRole("button", { name: /yes/i }).click();
    await expect(visitor.getByRole("heading", { name: "Sign in", exact: true })).toBeVisible();
  });
  await context.close();
  provider.stop();
});
