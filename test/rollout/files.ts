/** Files that are plans, and files that are none, with what is said of them. */

export const A = "5f0c7d1e-0000-4000-8000-00000000000a";
export const B = "5f0c7d1e-0000-4000-8000-00000000000b";
export const C = "5f0c7d1e-0000-4000-8000-00000000000c";
const CLIENT = "c11e4700-0000-4000-8000-000000000001";

/** With everything that the form has. */
export const FULL = `# yaml-language-server: $schema=../docs/schema/tenants-1.json
version: 1
project: ../passkeys
failureBudget: 1
defaults:
  cloud: global
  config: { breakGlassGroup: Break-glass, edition: 1.10 }
  credential: { environment: ROLLOUT }
tenants:
  - id: ${A.toUpperCase()}
    name: Northbank
    stack: northbank
    cloud: usgovernmentl4
    config: { studentsGroup: Students, breakGlassGroup: Emergency, strict: true, "azuread:environment": usgovernment }
    credential: { environment: NORTHBANK }
    wave: pilot
  - id: ${B}
    name: Söderström
    stack: soder.strom_1
    credential: { federatedToken: { clientId: ${CLIENT}, tokenFile: tokens/b } }
  - id: ${C}
    stack: c
    cloud: DoD
    credential: { certificate: { clientId: ${CLIENT}, path: /keys/c.pem, passwordVariable: C_PASSWORD } }
  - id: 5f0c7d1e-0000-4000-8000-00000000000d
    stack: d
    credential: { managedIdentity: true }
  - id: 5f0c7d1e-0000-4000-8000-00000000000e
    stack: e
    credential: { managedIdentity: { clientId: ${CLIENT} } }
waves:
  - name: pilot
    gate:
      healthCheck: { command: ["./check.sh", "--all"], timeout: 90s }
      soak: 30m
      approval: { timeout: 2h }
  - name: early
    tenants: [${C}, SÖDERSTRÖM]
    concurrency: 2
    gate: { approval: true }
  - name: some
    size: 1
    gate: { soak: 1d, healthCheck: { command: [check] } }
  - name: rest
    rest: true
`;

const one = (more = "", file = "") => `version: 1
${file}tenants:
  - id: ${A}
    stack: a
    credential: { environment: ROLLOUT }
${more}`;
const credential = (text: string) => `version: 1\ntenants:\n  - id: ${A}\n    stack: a\n    credential: ${text}\n`;
const two = (a: string, b: string, waves: string) => `version: 1
defaults: { credential: { environment: ROLLOUT } }
tenants:
  - { id: ${A}, name: Ay, stack: a${a} }
  - { id: ${B}, name: Bee, stack: b${b} }
waves:
${waves}`;
const gate = (text: string) => two("", "", `  - { name: all, rest: true, gate: ${text} }\n`);

export const VALID: Readonly<Record<string, string>> = {
  "everything that the form has": FULL,
  "the least": one(),
  "a share of tenants as budget": one("", 'failureBudget: "10%"\n'),
  "an anchor and aliases": `version: 1
tenants:
  - { id: ${A}, stack: a, credential: &ours { environment: ROLLOUT }, config: &same { a: x } }
  - { id: ${B}, stack: b, credential: *ours, config: *same }
`,
  "no defaults but an empty mapping": one("", "defaults: {}\n"),
  "an empty gate": gate("{}"),
  JSON: JSON.stringify({ version: 1, tenants: [{ id: A, stack: "a", credential: { managedIdentity: true } }] }),
};

export interface Refused {
  readonly text: string;
  /** Every problem: `line:column place`, and words of the reason. */
  readonly problems: readonly (readonly [where: string, words: RegExp])[];
  /** A schema cannot tell. */
  readonly beyondSchema?: true;
}

const shape = (text: string, ...problems: Refused["problems"][number][]): Refused => ({ text, problems });
const beyond = (text: string, ...problems: Refused["problems"][number][]): Refused => ({
  text,
  problems,
  beyondSchema: true,
});

export const REFUSED: Readonly<Record<string, Refused>> = {
  "an empty file": shape("", ["1:1", /has no value/]),
  "a list": shape("- a\n", ["1:1", /a list is no mapping\. Give it keys of version/]),
  "lists for mappings": shape(
    one("    config: []\n", "defaults: []\n").replace("{ environment: ROLLOUT }", "[]"),
    ["2:11 defaults", /a list is no mapping/],
    ["6:17 tenants[0].credential", /a list is no mapping/],
    ["7:13 tenants[0].config", /a list is no mapping/],
  ),
  "nothing but a version": shape("version: 1\n", ["1:1 tenants", /is missing\. List the tenants/]),
  "another version": shape(one().replace("version: 1", "version: 2"), ["1:10 version", /2 is no version/]),
  "no tenants": shape("version: 1\ntenants: []\n", ["2:10 tenants", /has no tenant\. Add one/]),
  "unknown keys": shape(
    one("    wafe: x\n", "faileurBudget: 1\nqqq: 2\n"),
    ["2:1 faileurBudget", /unknown here\. Did you mean "failureBudget"\?/],
    ["3:1 qqq", /unknown here\. Use version, project/],
    ["8:5 tenants[0].wafe", /Did you mean "wave"\?/],
  ),
  "keys that objects have": shape(
    one("    config: { __proto__: { a: 1 }, constructor: x, toString: y }\n"),
    ["6:15 tenants[0].config", /"__proto__", which cannot be/],
    ["6:36 tenants[0].config", /"constructor"/],
    ["6:52 tenants[0].config", /"toString"/],
  ),
  "a key without a value": shape(one("    config:\n"), ["6:5 tenants[0].config", /has no value\. Give it one/]),
  "a key twice": beyond(one("    stack: b\n"), ["6:5 tenants[0].stack", /second time, after line 4/]),
  "no GUID": shape(one().replace(A, "northbank"), ["3:9 tenants[0].id", /"northbank" is no tenant id\. Give the GUID/]),
  "numbers for texts": shape(
    one("    name: 007\n").replace("stack: a", "stack: 12"),
    ["4:12 tenants[0].stack", /12 is a number to YAML.*Put it in quotes/],
    ["6:11 tenants[0].name", /in quotes/],
  ),
  "names that cannot be printed": shape(one('    name: "North\\u202Ebank"\n'), [
    "6:11 tenants[0].name",
    /"North\\u\{202e\}bank" is no name/,
  ]),
  "a stack with its organization": shape(one().replace("stack: a", "stack: org/a"), [
    "4:12 tenants[0].stack",
    /"org\/a" is no name of a stack.*no organization/,
  ]),
  "an unknown cloud and China's": shape(
    one("    cloud: china\n", "defaults: { cloud: glbal }\n"),
    ["2:20 defaults.cloud", /"glbal" is no cloud.*usgovernment/],
    ["7:12 tenants[0].cloud", /"china" is no cloud/],
  ),
  "a budget below nothing": shape(one("", "failureBudget: -1\n"), ["2:16 failureBudget", /-1 is no failure budget/]),
  "a budget of more than all": shape(one("", 'failureBudget: "101%"\n'), [
    "2:16 failureBudget",
    /"101%" is no failure budget.*"10%"/,
  ]),
  "configuration that is a mapping": shape(one("    config: { a: { b: 1 } }\n"), [
    "6:18 tenants[0].config.a",
    /a mapping is no text.*as JSON in quotes/,
  ]),
  "configuration that follows, signs in or is a secret": shape(
    one(
      '    config: { "azuread:tenantId": x, "azuread:clientId": x, "azuread:clientSecret": hush, apiToken: hush, "a b": c }\n',
    ),
    ['6:15 tenants[0].config["azuread:tenantId"]', /follows from the tenant's id/],
    ['6:38 tenants[0].config["azuread:clientId"]', /`credential`/],
    ['6:61 tenants[0].config["azuread:clientSecret"]', /never a secret in this file/],
    ["6:91 tenants[0].config.apiToken", /never a secret in this file/],
    ['6:107 tenants[0].config["a b"]', /no key of a stack's configuration/],
  ),
  "the environment of another cloud": beyond(one('    config: { "azuread:environment": dod }\n'), [
    '6:38 tenants[0].config["azuread:environment"]',
    /"dod" is another cloud.*tenants\[0\] is "global"/,
  ]),
  "no credential": beyond(`version: 1\ntenants:\n  - { id: ${A}, stack: a }\n`, [
    "3:5 tenants[0].credential",
    /missing, and defaults have none.*environment: PREFIX/,
  ]),
  "a credential that says nothing": shape(credential("{}"), ["5:17 tenants[0].credential", /says nothing/]),
  "two credentials": shape(credential("{ environment: X, managedIdentity: true }"), [
    "5:17 tenants[0].credential",
    /environment and managedIdentity/,
  ]),
  "a secret as a credential": shape(credential("{ clientSecret: hush }"), [
    "5:19 tenants[0].credential.clientSecret",
    /never a secret in this file/,
  ]),
  "a secret where a prefix belongs": shape(credential("{ environment: hush-hush }"), [
    "5:32 tenants[0].credential.environment",
    /no prefix of variables\. Give what stands before/,
  ]),
  "a prefix with its underscore": shape(credential("{ environment: NORTHBANK_ }"), [
    "5:32 tenants[0].credential.environment",
    /without the underscore/,
  ]),
  "credentials without what they need": shape(
    credential("{ certificate: { passwordVariable: 1x } }"),
    ["5:32 tenants[0].credential.certificate.clientId", /is missing/],
    ["5:32 tenants[0].credential.certificate.path", /is missing/],
    ["5:52 tenants[0].credential.certificate.passwordVariable", /no name of a variable/],
  ),
  "a managed identity that is not": shape(credential("{ managedIdentity: false }"), [
    "5:36 tenants[0].credential.managedIdentity",
    /has to be true/,
  ]),
  "durations that are none": shape(
    gate("{ soak: 30, approval: { timeout: 0s }, healthCheck: { command: [], timeout: 91d } }"),
    ["7:44 waves[0].gate.soak", /30 is no duration\. Write it as 90s/],
    ["7:69 waves[0].gate.approval.timeout", /"0s" is no duration/],
    ["7:99 waves[0].gate.healthCheck.command", /names no program/],
    ["7:112 waves[0].gate.healthCheck.timeout", /longer than 90d/],
  ),
  "a command as one text": shape(gate("{ healthCheck: { command: ./check.sh } }"), [
    "7:62 waves[0].gate.healthCheck.command",
    /"\.\/check\.sh" is no list of words/,
  ]),
  "an approval that is none": shape(gate("{ approval: false }"), ["7:48 waves[0].gate.approval", /has to be true/]),
  "a wave without a name": shape(two("", "", "  - rest: true\n"), ["7:5 waves[0].name", /is missing\. Name the wave/]),
  "a wave that takes tenants in two ways": shape(two("", "", "  - { name: all, size: 2, rest: true }\n"), [
    "7:5 waves[0]",
    /size and rest/,
  ]),
  "no waves in the list": shape(two("", "", "  []\n"), ["7:3 waves", /has no wave/]),
  "an empty wave": beyond(
    two(", wave: x", ", wave: x", "  - name: x\n  - name: y\n  - { name: z, rest: true }\n"),
    ["8:5 waves[1]", /"y" has no tenant/],
    ["9:5 waves[2]", /"z" has no tenant/],
  ),
  "a rest that is not last": beyond(two("", "", "  - { name: x, rest: true }\n  - { name: y, size: 1 }\n"), [
    "7:22 waves[0].rest",
    /for the last wave only/,
  ]),
  "a tenant in no wave": beyond(two(", wave: x", "", "  - name: x\n"), [
    "5:5 tenants[1]",
    /"Bee" is in no wave of waves \(line 7\).*`rest: true`/,
  ]),
  "a tenant in two waves": beyond(two("", ", wave: y", "  - { name: x, tenants: [Ay, bee] }\n  - name: y\n"), [
    "5:76 tenants[1].wave",
    /"Bee" is in two waves, also by waves\[0\]\.tenants\[1\] \(line 7\)/,
  ]),
  "a tenant in the lists of two waves": beyond(
    two("", "", `  - { name: x, tenants: [Ay, bee] }\n  - { name: y, tenants: [${A}] }\n`),
    ["8:26 waves[1].tenants[0]", /"Ay" is in two waves, also by waves\[0\]\.tenants\[0\] \(line 7\)/],
  ),
  "a tenant twice in a wave": beyond(two("", "", "  - { name: x, tenants: [Ay, bee, AY] }\n"), [
    "7:35 waves[0].tenants[2]",
    /"Ay" is twice in this wave/,
  ]),
  "a tenant that names a wave of others": beyond(
    two(", wave: x", "", "  - { name: x, size: 1 }\n  - { name: y, rest: true }\n"),
    ["4:75 tenants[0].wave", /"x" takes its tenants by waves\[0\]\.size \(line 7\), without this one/],
  ),
  "names of nobody": beyond(
    two(", wave: pilott", "", "  - { name: pilot, tenants: [Beee] }\n"),
    ["4:75 tenants[0].wave", /"pilott" is no wave.*Did you mean "pilot"\?/],
    ["7:30 waves[0].tenants[0]", /"Beee" is no tenant.*Did you mean "Bee"\?/],
  ),
  "a wave without waves": beyond(one("    wave: x\n"), ["6:11 tenants[0].wave", /"x" is no wave.*Add `waves`/]),
  "what is to be unique twice": beyond(
    `version: 1
defaults: { credential: { environment: ROLLOUT } }
tenants:
  - { id: ${A}, name: Ay, stack: a }
  - { id: ${A.toUpperCase()}, name: AY, stack: A }
  - { id: ${C}, name: ${A}, stack: c }
waves:
  - { name: x, size: 2 }
  - { name: X, rest: true }
`,
    ["5:11 tenants[1].id", /is also tenants\[0\]\.id \(line 4\)\. List each tenant once/],
    ["5:55 tenants[1].name", /"AY" is also tenants\[0\]\.name \(line 4\)/],
    ["5:66 tenants[1].stack", /"A" is also tenants\[0\]\.stack/],
    ["6:55 tenants[2].name", /is also tenants\[1\]\.id/],
    ["9:13 waves[1].name", /"X" is also waves\[0\]\.name \(line 8\)/],
  ),
};
