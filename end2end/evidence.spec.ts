// Evidence: packs are made, read, downloaded and verified.

import { call, signIn } from "./account.ts";
import { measure, newShop, validate } from "./shop.ts";
import { expect, expectAccessible, test } from "./test.ts";

test.beforeEach(({ page, hub }) => signIn(page, hub));

test("a pack is made from a validation, downloaded and verified", async ({ page, hub, visit }, testInfo) => {
  await visit("/evidence");
  await expect(page.getByRole("heading", { name: "Evidence", level: 1 })).toBeVisible();
  await expectAccessible(page);

  const shop = await newShop(page, hub, "Evidence shop");
  await measure(page, hub, shop, "1.0.0");
  const rules = [{ id: "p95", subject: { metric: "latency.corrected.p95_ms" }, threshold: { at_most: 60_000 } }];
  const document = { name: "Release", golden_paths: "off", rules };
  await call(page.context(), hub, "/api/gate/policy", { system_id: shop.system, document });
  await visit(`/gates/validations/${await validate(page, hub, shop, "1.0.0")}`);
  await page.getByLabel("Framework").selectOption("ISO27001");
  await page.getByRole("button", { name: "Make a pack" }).click();

  await expect(page.getByRole("heading", { name: "ISO 27001 evidence for Evidence shop 1.0.0", level: 1 })).toBeVisible();
  await expect(page.getByRole("region", { name: "Controls" }).getByRole("row").filter({ hasText: "A.8.32" })).toContainText("verdict.json");
  await expect(page.getByText("openssl dgst -sha256 -verify public-key.pem")).toBeVisible();
  await expectAccessible(page);

  await test.step("what was downloaded verifies without the hub", async () => {
    const save = async (name: string, file: string) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
      const path = testInfo.outputPath(file);
      await download.saveAs(path);
      return path;
    };
    const [pack, key] = [await save("Download", "pack.zip"), await save("Public key", "public-key.pem")];
    await hub.sbh(["verify", pack, "--key", key]);
  });

  await visit("/evidence");
  const row = page.getByRole("row").filter({ hasText: "Evidence shop" });
  await expect(row).toContainText("ISO 27001");
  await expect(row).toContainText("Allowed");
  await expectAccessible(page);
});

test("a pack that is not there is not found", async ({ page, visit }) => {
  const response = await visit("/evidence/01890a5d-ac96-774b-bcce-b302099a8057");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Nothing is here" })).toBeVisible();
});
