// Signing in, once for each account of a hub: tests begin where their subject begins.

import { expect, type BrowserContext, type Cookie, type Page } from "@playwright/test";

import { type Hub, OWNER } from "./hub.ts";

const signedIn = new WeakMap<Hub, Map<string, Cookie[]>>();

/** Makes the page's browser that of the owner, or of another account of the hub. */
export async function signIn(page: Page, hub: Hub, account = OWNER): Promise<void> {
  await hub.withOwner();
  const known = signedIn.get(hub) ?? new Map<string, Cookie[]>();
  signedIn.set(hub, known);
  const cookies = known.get(account.email) ?? (await newSession(page, hub, account));
  known.set(account.email, cookies);
  await page.context().addCookies(cookies);
}

/** Signs in as another browser would: the session is the page's alone. */
export async function newSession(page: Page, hub: Hub, account = OWNER): Promise<Cookie[]> {
  await call(page.context(), hub, "/api/auth/sign-in", account);
  return page.context().cookies();
}

/** A member of the owner's organisation; the page's browser has to be the owner's. */
export async function member(page: Page, hub: Hub, email: string, role = "member"): Promise<typeof OWNER> {
  const account = { email, password: OWNER.password };
  await call(page.context(), hub, "/api/tenants/members", { ...account, role });
  return account;
}

/** Posts to the API in the name of whoever the browser is signed in as; what comes back is its JSON. */
export async function call<T = unknown>(context: BrowserContext, hub: Hub, path: string, data: unknown): Promise<T> {
  const answer = await context.request.post(hub.baseURL + path, { data, headers: { origin: hub.baseURL } });
  expect(answer.ok(), `${path} answered ${answer.status()}: ${await answer.text()}`).toBe(true);
  return (await answer.json().catch(() => undefined)) as T;
}
