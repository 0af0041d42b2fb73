import { catalogueEdition, type CatalogueEdition } from "../catalogue/index.js";
import { notesOf, type Finding, type Purpose } from "./findings.js";
import type { EngineFacts } from "./engineFacts.js";

const notes = notesOf("versions");

/** The oldest `@pulumi/pulumi`, and engine, that this package works with. */
const OLDEST = "3.216.0";
/** The oldest Node.js that `@pulumi/pulumi` runs on. */
const OLDEST_NODE = "22.0.0";
const YEAR_MS = 365 * 24 * 3_600_000;

/** Which versions of what takes part there are, and whether they go together. */
export function checkVersions(
  facts: EngineFacts,
  purposes: readonly Purpose[],
  now: number,
  edition = catalogueEdition(),
): Finding[] {
  // An inventory alone is read without an engine.
  const wanted = purposes.some((purpose) => purpose !== "inventory");
  return [
    notes.ok("pulumi-entra-passkeys", facts.version),
    ...node(facts, wanted),
    ...engine(facts, wanted),
    ...packages(facts),
    catalogue(edition, now),
    facts.compileCache
      ? notes.ok("NODE_COMPILE_CACHE", "set, so that previews start sooner")
      : notes.info(
          "NODE_COMPILE_CACHE",
          "not set",
          "Set it to a folder that stays, for previews that start about a fifth sooner",
        ),
  ];
}

function node({ node }: EngineFacts, wanted: boolean): Finding[] {
  if (node === undefined) {
    const next = "Install Node.js 22 or newer, and put it on PATH";
    return [
      notes.as(wanted ? "error" : "info", "node", "there is none on PATH, and Pulumi starts programs with it", next),
    ];
  }
  if (isAtLeast(node, OLDEST_NODE)) return [notes.ok("node", `${node} on PATH`)];
  const says = `${node} on PATH, and @pulumi/pulumi needs 22 or newer`;
  return [notes.as(wanted ? "error" : "info", "node", says, "Put Node.js 22 or newer first on PATH")];
}

function engine({ pulumi }: EngineFacts, wanted: boolean): Finding[] {
  const worst = wanted ? "error" : "info";
  if (pulumi === undefined) {
    const next = "Install the Pulumi CLI (https://www.pulumi.com/docs/install), and put it on PATH";
    return [notes.as(worst, "pulumi", "there is none on PATH", next)];
  }
  const { version, missing } = pulumi;
  const found =
    version === undefined
      ? notes.as(wanted ? "warning" : "info", "pulumi", "it does not tell its version", "Run `pulumi version`")
      : isAtLeast(version, OLDEST)
        ? notes.ok("pulumi", `${version} on PATH`)
        : notes.as(worst, "pulumi", `${version} on PATH, older than ${OLDEST}`, "Install a newer Pulumi CLI");
  return [
    found,
    ...missing.map((program) =>
      notes.as(
        worst,
        program,
        "it is neither beside pulumi nor on PATH, and programs with these resources cannot run without it",
        "Install the Pulumi CLI as a whole: unpack all files of its archive into one folder",
      ),
    ),
    ...(missing.length === 0
      ? [notes.ok("language host", "beside pulumi, with the launcher of dynamic resources")]
      : []),
  ];
}

function packages({ folder, installed, azureadPlugin, version }: EngineFacts): Finding[] {
  const sdk = installed["@pulumi/pulumi"];
  const own = installed["pulumi-entra-passkeys"];
  const azuread = installed["@pulumi/azuread"];
  const found: Finding[] = [];
  if (sdk === undefined) {
    const next = "Run it in the folder of a program, or name that with --program; there, run `npm ci`";
    found.push(notes.info("@pulumi/pulumi", `not installed where ${folder} looks for it`, next));
  } else if (isAtLeast(sdk, OLDEST)) found.push(notes.ok("@pulumi/pulumi", sdk));
  else {
    const next = `Run \`npm install @pulumi/pulumi@^${OLDEST}\` in the program's folder`;
    found.push(notes.error("@pulumi/pulumi", `${sdk}, older than ${OLDEST}`, next));
  }
  if (own !== undefined && own !== version) {
    const next = "Run this command with npx in the program's folder, or install the same version in both places";
    found.push(notes.warning("pulumi-entra-passkeys", `the program has ${own}, and this is ${version}`, next));
  }
  if (azuread !== undefined) {
    const next = `Run \`pulumi plugin install resource azuread ${azuread}\``;
    found.push(notes.ok("@pulumi/azuread", azuread));
    if (azureadPlugin === "there") found.push(notes.ok("azuread plugin", `${azuread}, in Pulumi's folder of plugins`));
    else if (azureadPlugin === "onPath") found.push(notes.ok("azuread plugin", "on PATH, whichever version that is"));
    else found.push(notes.info("azuread plugin", `${azuread} is not there yet; the engine fetches it`, next));
  }
  return found;
}

function catalogue({ number, nextUpdate, additions }: CatalogueEdition, now: number): Finding {
  const says = `edition ${number} of the FIDO metadata, with additions of ${additions}`;
  const since = now - Date.parse(nextUpdate);
  if (since <= YEAR_MS) return notes.ok("catalogue", says);
  return notes.warning(
    "catalogue",
    `${says}; a newer one was due on ${nextUpdate}, more than a year ago, so that newer models have no names here`,
    "Install a newer version of this package",
  );
}

/** Whether a version is as new as another one, by its three numbers. */
export function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string) => (/^v?(\d+)\.(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
  const [mine, other] = [numbers(version), numbers(least)];
  if (mine.length < 3) return false;
  const different = mine.findIndex((number, index) => number !== other[index]);
  return different < 0 || mine[different]! > other[different]!;
}
