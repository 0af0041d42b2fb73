/** Twelve tenants for a rollout: a school district, a hospital group and a bank, each as after its migration. */
import type { Seed, TenantSeed } from "../../provider/dist/emulator/index.js";
import { seedOf, SCENES } from "./scenes.ts";

/** A tenant of the rollout, and whom its stack is about. */
export interface DemoTenant {
  readonly id: string;
  readonly name: string;
  readonly stack: string;
  readonly persona: "students" | "nurses" | "administrators";
  readonly group: string;
}

const PERSONAS = {
  students: "Students",
  nurses: "Nurses",
  administrators: "Administrators",
} as const;

/** Whoever is in the way of the first plan: a pupil, and a nurse, with nothing but a phone. */
export const PHONE_ONLY = { students: "Ben Okoye", nurses: "Noor Haddad" } as const;

const tenant = (number: number, name: string, persona: DemoTenant["persona"]): DemoTenant => ({
  id: `7e0a4c1d-0000-4000-8000-${String(number).padStart(12, "0")}`,
  name,
  stack: name.toLowerCase().replaceAll(" ", "-"),
  persona,
  group: PERSONAS[persona],
});

export const TENANTS: readonly DemoTenant[] = [
  tenant(1, "Elm Street School", "students"),
  tenant(2, "Harbour School", "students"),
  tenant(3, "Hill School", "students"),
  tenant(4, "Lake School", "students"),
  tenant(5, "River School", "students"),
  tenant(6, "North Clinic", "nurses"),
  tenant(7, "South Clinic", "nurses"),
  tenant(8, "Central Hospital", "nurses"),
  tenant(9, "Childrens Hospital", "nurses"),
  tenant(10, "Bank Retail", "administrators"),
  tenant(11, "Bank Treasury", "administrators"),
  tenant(12, "Bank Group", "administrators"),
];

/** All of them in one emulator; a tenant is told by the token that a request has. */
export function tenantsSeed(tenants: readonly DemoTenant[] = TENANTS): Seed {
  const [model] = seedOf(SCENES.student!).tenants as [TenantSeed];
  return {
    tenants: tenants.map(({ id, name, stack }) => {
      const text = JSON.stringify(model).replaceAll("northbank.example", `${stack}.example`);
      return { ...(JSON.parse(text) as TenantSeed), id, displayName: name };
    }),
  };
}

/** The variables by which `tenants.yaml` names the credential of a tenant. */
export const prefixOf = ({ stack }: DemoTenant): string => stack.toUpperCase().replaceAll("-", "_");
