import * as v from "valibot";
import { formed, known, list, text } from "./form.js";
import { isPrintable, shown } from "./problem.js";
import { cloud, config, credential, GUID } from "./settings.js";
import { durationMs, LONGEST_MS } from "./values.js";

/** The shape of `tenants.yaml`, version 1; docs/schema/tenants-1.json says the same for editors. */

/** A name for people, which is printed and compared. */
const name = v.pipe(
  text("a name"),
  v.check(
    (value) => value.trim() === value && value.length >= 1 && value.length <= 100 && isPrintable(value),
    (issue) => `${shown(issue.input)} is no name. Give 1 to 100 characters that can be printed, without blanks around`,
  ),
);

const waveName = formed("a name of a wave", /^[A-Za-z0-9][\w.-]{0,49}$/, "Use letters, digits, - _ and .");

const duration = (least: number) =>
  v.pipe(
    v.string((issue) => `${shown(issue.input)} is no duration. Write it as 90s, 30m, 2h or 1d`),
    v.check(
      (value) => (durationMs(value) ?? -1) >= least,
      (issue) => `${shown(issue.input)} is no duration. Write it as 90s, 30m, 2h or 1d`,
    ),
    v.check(
      (value) => (durationMs(value) ?? 0) <= LONGEST_MS,
      (issue) => `${shown(issue.input)} is longer than 90d. Give 90d or less`,
    ),
  );

const count = (what: string, least: number) =>
  v.pipe(
    v.number((issue) => `${shown(issue.input)} is no ${what}. Give a whole number`),
    v.integer((issue) => `${shown(issue.input)} is no ${what}. Give a whole number`),
    v.minValue(least, (issue) => `${shown(issue.input)} is no ${what}. Give ${least} or more`),
    v.maxValue(1_000_000, (issue) => `${shown(issue.input)} is no ${what}. Give a million or less`),
  );

const budget = v.lazy((value) =>
  typeof value === "string"
    ? formed("a failure budget", /^(100|\d{1,2})%$/, 'Give a number of tenants, or a share of them as "10%"')
    : count("failure budget", 0),
);

const stack = formed(
  "a name of a stack",
  /^[A-Za-z0-9_.-]{1,100}$/,
  "Use letters, digits, - _ and ., and no organization or project",
);

const tenant = known(
  {
    id: formed("a tenant id", GUID, "Give the GUID that the admin center shows under Overview"),
    name: v.optional(name),
    stack,
    cloud: v.optional(cloud),
    config: v.optional(config),
    credential: v.optional(credential),
    wave: v.optional(waveName),
  },
  {
    id: "Give the GUID that the admin center shows under Overview",
    stack: "Give the name of the tenant's Pulumi stack",
  },
);

const gate = known({
  healthCheck: v.optional(
    known(
      {
        command: v.pipe(
          list(
            v.pipe(
              text("a word of the command"),
              v.check((word) => !word.includes("\0"), "has a NUL. Leave it out"),
            ),
            "words",
          ),
          v.check(([program]) => program !== undefined && program.trim() !== "", "names no program. Name one first"),
        ),
        timeout: v.optional(duration(1)),
      },
      { command: 'Give the program and its arguments, as ["./check.sh"]' },
    ),
  ),
  soak: v.optional(duration(0)),
  approval: v.optional(
    v.lazy((value) =>
      typeof value === "object"
        ? known({ timeout: v.optional(duration(1)) })
        : v.literal(true, "has to be true, or { timeout: 24h }. Leave it out where nobody has to approve"),
    ),
  ),
});

const wave = known(
  {
    name: waveName,
    tenants: v.optional(list(text("a name or an id of a tenant"), "names or ids of tenants")),
    size: v.optional(count("number of tenants", 1)),
    rest: v.optional(v.literal(true, "has to be true. Leave it out in all waves but the last")),
    concurrency: v.optional(count("number of tenants at a time", 1)),
    gate: v.optional(gate),
  },
  { name: "Name the wave" },
);

const VERSION = "Write `version: 1`";

export const tenantsFile = known(
  {
    version: v.literal(1, (issue) => `${shown(issue.input)} is no version that is known here. ${VERSION}`),
    project: v.optional(formed("a path of a folder", /^[^\0]{1,4000}$/, "Give it relative to this file")),
    failureBudget: v.optional(budget),
    defaults: v.optional(
      known({ cloud: v.optional(cloud), config: v.optional(config), credential: v.optional(credential) }),
    ),
    tenants: v.pipe(list(tenant, "tenants"), v.minLength(1, "has no tenant. Add one with id, stack and credential")),
    waves: v.optional(
      v.pipe(list(wave, "waves"), v.minLength(1, "has no wave. Add one, or leave it out for one wave")),
    ),
  },
  { version: VERSION, tenants: "List the tenants, each with id, stack and credential" },
);

export type TenantsFile = v.InferOutput<typeof tenantsFile>;
export type TenantEntry = TenantsFile["tenants"][number];
export type WaveEntry = NonNullable<TenantsFile["waves"]>[number];
