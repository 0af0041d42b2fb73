import type { TokenFacts } from "../graph/index.js";
import type { Answer } from "./answer.js";
import { notesOf, type Finding, type Purpose, type Severity } from "./findings.js";
import { FAR_TOO_MUCH, NEEDS, ROLES, type Need, type NeedRow, type Probe } from "./needs.js";

const notes = notesOf("permissions");

/** What is known of what may be read and written. */
export interface PermissionFacts {
  readonly purposes: readonly Purpose[];
  /** Absent where the token does not tell. */
  readonly token: TokenFacts | undefined;
  /** What the probes were answered; one that was not made is absent. */
  readonly probes: Readonly<Partial<Record<Probe, Answer<unknown>>>>;
  /** Whether the policy targets everyone; absent where it was not read. */
  readonly everyone?: boolean | undefined;
  /** Types of this package's resources that the program has; absent where no program is given. */
  readonly resources?: ReadonlySet<string> | undefined;
}

/** What is there and what is missing, by what was granted and by what Graph answers; then what is there too much. */
export function checkPermissions(facts: PermissionFacts): Finding[] {
  return [...NEEDS.map((row) => judge(row, facts)), ...roles(facts), ...tooMany(facts)];
}

/** How badly it is needed for what is wanted. */
function needOf(row: NeedRow, { purposes, everyone, resources }: PermissionFacts): Need | undefined {
  if (row.only !== undefined && resources?.has(row.only) !== true) return undefined;
  const needs = purposes.flatMap((purpose) => {
    const need = row.for[purpose];
    return purpose === "inventory" && row.probe === "report" && everyone === true ? (["must"] as const) : (need ?? []);
  });
  return needs.includes("must") ? "must" : needs.includes("may") ? "may" : undefined;
}

const SEVERITIES: Readonly<Record<Need, Severity>> = { must: "error", may: "warning" };

function judge(row: NeedRow, facts: PermissionFacts): Finding {
  const { subject, permissions, without, probe: name } = row;
  const { token } = facts;
  const need = needOf(row, facts);
  const severity: Severity = need === undefined ? "info" : SEVERITIES[need];
  const least = permissions[0]!;
  const granted = token?.permissions === undefined ? undefined : permissions.filter(has(token.permissions));
  const probe = name === undefined ? undefined : facts.probes[name];
  const kind = token?.user === true ? "delegated" : "application";
  const role = token?.user === true ? "; the user needs a role that may do it, too" : "";
  const grant = `Grant the ${kind} permission ${least} and admin consent, then run again; a new grant can take a few minutes${role}`;
  if (probe !== undefined && "value" in probe) {
    const by = granted?.[0] === undefined ? "Graph answers it" : `${granted[0]} is granted, and Graph answers it`;
    return notes.ok(subject, by);
  }
  if (probe?.kind === "licence" || (probe?.kind === "permission" && lacksLicence(row, facts))) {
    return granted?.[0] === undefined
      ? notes.as(
          severity,
          subject,
          `${probe.reason}: the tenant lacks the licence; ${without}`,
          "See the licences below",
        )
      : notes.info(subject, `${granted[0]} is granted, but the tenant lacks the licence`, "See the licences below");
  }
  if (probe?.kind === "other") {
    const unknown = severity === "info" ? "info" : "warning";
    return notes.as(unknown, subject, `not known: ${probe.reason}`, "Run again; give it more --timeout");
  }
  if (probe?.kind === "permission" && granted?.[0] !== undefined) {
    const refused = `${granted[0]} is in the token, and yet ${probe.reason}`;
    return notes.as(
      severity,
      subject,
      `${refused}; ${without}`,
      `Wait for the grant to take effect, or check what the tenant restricts${role}`,
    );
  }
  if (probe?.kind === "permission" || granted?.length === 0) {
    const why = probe === undefined ? `none of ${permissions.join(", ")} is granted` : probe.reason;
    return notes.as(severity, subject, `missing: ${why}; ${without}`, grant);
  }
  if (granted !== undefined) return notes.ok(subject, `${granted[0]} is granted; it was not tried`);
  const unknown = severity === "info" ? "info" : "warning";
  return notes.as(
    unknown,
    subject,
    "not known: the token does not tell, and it was not tried",
    `Make sure that ${least} is granted`,
  );
}

/** Without Entra ID P1 Conditional Access is refused like a permission that is missing; only the report's answer tells. */
const lacksLicence = ({ probe }: NeedRow, { probes }: PermissionFacts): boolean => {
  const { report } = probes;
  const licensed = probe === "conditionalAccess" || probe === "strengths";
  return licensed && report !== undefined && "kind" in report && report.kind === "licence";
};

const has = (granted: readonly string[]) => {
  const lower = new Set(granted.map((one) => one.toLowerCase()));
  return (permission: string) => lower.has(permission.toLowerCase());
};

/** Of a user the active roles decide, too. */
function roles({ token, purposes }: PermissionFacts): Finding[] {
  if (token?.user !== true) return [];
  if (token.roleIds === undefined) return [notes.info("roles", "the token does not say which roles the user has")];
  const known = token.roleIds.flatMap((id) => ROLES.get(id.toLowerCase()) ?? []);
  const others = token.roleIds.length - known.length;
  const titles = [...known.map(({ title }) => title), ...(others > 0 ? [`${others} other`] : [])];
  const says = titles.length === 0 ? "none is active" : titles.join(", ");
  const writes = purposes.includes("write");
  if (known.some((role) => (writes ? role.writes : role.reads))) return [notes.ok("roles", says)];
  const [deed, role] = writes ? ["write", "Authentication Policy Administrator"] : ["read", "Global Reader"];
  const next = `Assign or activate ${role}, and sign in again`;
  return [notes.warning("roles", `${says}: none that is known to ${deed} the policies here`, next)];
}

/** Whatever an application is granted and does not need is there for whoever gets hold of its secret. */
function tooMany({ token, purposes, resources }: PermissionFacts): Finding[] {
  // The applications of other makers, such as Azure CLI, have what their makers ask for.
  if (token?.permissions === undefined || token.user) return [];
  const far = token.permissions.filter(has(FAR_TOO_MUCH));
  const needed = NEEDS.filter(({ for: wanted }) => purposes.some((purpose) => wanted[purpose] !== undefined));
  const reads = needed.flatMap(({ permissions }) => permissions.filter((one) => !one.includes("Write")));
  const writes = needed.filter(({ only }) => only === undefined || resources?.has(only) !== false);
  const wanted = has([...reads, ...(purposes.includes("write") ? writes.flatMap(written) : [])]);
  const others = token.permissions.filter((one) => !far.includes(one) && !wanted(one));
  const found: Finding[] = [];
  if (far.length > 0) {
    const says = `${far.join(", ")}: whoever has this application's credentials can take over accounts of the tenant`;
    found.push(notes.warning("least privilege", says, "Take them away; nothing here needs them"));
  }
  if (others.length > 0) {
    const says = `${others.join(", ")}: not needed for ${purposes.join(", ")}`;
    found.push(notes.info("least privilege", says, "Take away what no other task of this application needs"));
  }
  return found;
}

/** The permission to write of something that is written. */
const written = ({ permissions, probe }: NeedRow): readonly string[] =>
  probe === undefined ? permissions.slice(0, 1) : [];
