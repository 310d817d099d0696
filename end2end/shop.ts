// The sample shop as a system of the hub, measured and judged through the API: what pages under test begin with.

import type { Page } from "@playwright/test";

import { call } from "./account.ts";
import type { Hub } from "./hub.ts";
import { expect } from "./test.ts";

// Virtual users keep no schedule that a busy machine could miss, so these runs are always valid.
const LOAD = { model: { kind: "closed", vus: 1, think_time_s: 0.01 }, duration_s: 2, warm_up_s: 0 };

export interface Shop {
  system: string;
  environment: string;
}

/** A system whose staging environment is the sample shop, vouched for. */
export async function newShop(page: Page, hub: Hub, name: string): Promise<Shop> {
  const post = <T>(path: string, data: unknown) => call<T>(page.context(), hub, path, data);
  const system = await post<{ id: string }>("/api/systems", { name });
  const address = { kind: "staging", base_url: hub.sampleURL };
  const environment = await post<{ id: string }>(`/api/systems/${system.id}/environments`, address);
  await post(`/api/environments/${environment.id}/allow-private`, { reason: "The sample shop on this machine" });
  return { system: system.id, environment: environment.id };
}

/** Measures a version of the shop, and waits for its scorecard. */
export async function measure(page: Page, hub: Hub, shop: Shop, version: string): Promise<void> {
  const request = { environment_id: shop.environment, version, ...LOAD };
  const { id } = await call<{ id: string }>(page.context(), hub, "/api/teardown/benchmark/run", request);
  await expect.poll(() => stateOf(page, hub, `/api/teardown/benchmark/${id}`), { timeout: 40_000 }).toBe("succeeded");
}

/** Validates a version of the shop, and waits for the verdict; gives the validation's id. */
export async function validate(page: Page, hub: Hub, shop: Shop, version: string): Promise<string> {
  const request = { system_id: shop.system, environment_id: shop.environment, version };
  const { id } = await call<{ id: string }>(page.context(), hub, "/api/gate/validate", request);
  await expect.poll(() => stateOf(page, hub, `/api/gate/validations/${id}`), { timeout: 40_000 }).toBe("finished");
  return id;
}

/** Keeps a golden path of the shop; gives its id. */
export async function goldenPath(page: Page, hub: Hub, shop: Shop, name: string, source: string): Promise<string> {
  const request = { system_id: shop.system, name, source };
  return (await call<{ id: string }>(page.context(), hub, "/api/gate/golden-path/register", request)).id;
}

async function stateOf(page: Page, hub: Hub, path: string): Promise<string> {
  const answer = await page.request.get(hub.baseURL + path);
  return ((await answer.json()) as { state: string }).state;
}
