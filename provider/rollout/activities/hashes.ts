import { createHash, type Hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { catalogueEdition } from "../../catalogue/index.js";
import { canonicalJson } from "../../policy/digest.js";
import type { TenantSpec } from "../plan.js";
import { modulesOutside } from "./modules.js";

const LOCK_FILES = ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"];
/** Packages count by their lock file; what rollouts keep is not the program. */
const NEVER = new Set(["node_modules", ".git", ".entra-passkeys"]);
/** Settings of a stack: they count for their tenant only. */
const STACK_FILE = /^Pulumi\..+\.(ya?ml|json)$/;

/**
 * What a program is, beside its configuration: the files of its folder, the lock file of its packages, which may be in a
 * folder above, modules elsewhere that it imports by relative paths, and the version of this package. What `.gitignore` of
 * the folder names is left out as far as it is plain: names, folders, and `*.ending`.
 *
 * @param without files and folders, absolute, that are no part of the program: the file of the tenants, the rollout's own.
 */
export function programHash(project: string, without: readonly string[] = []): string {
  const hash = createHash("sha256");
  add(hash, "version", packageVersion());
  const lock = lockFile(project);
  if (lock !== undefined) add(hash, "lock", readFileSync(lock));
  const left = new Set(without.map((path) => resolve(path)));
  const rules = ignoreRules(project);
  const files: string[] = [];
  addFolder(hash, project, project, files, (path, name) => {
    const below = relative(project, path).split(sep).join("/");
    return left.has(path) || NEVER.has(name) || rules.some((rule) => rule(below, name));
  });
  for (const file of modulesOutside(resolve(project), files)) {
    add(hash, `module ${relative(project, file).split(sep).join("/")}`, readFileSync(file));
  }
  return hash.digest("hex");
}

/** @param files gets the files of the folder. */
function addFolder(
  hash: Hash,
  root: string,
  folder: string,
  files: string[],
  skip: (path: string, name: string) => boolean,
): void {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (skip(path, entry.name) || (folder === root && STACK_FILE.test(entry.name))) continue;
    const name = relative(root, path).split(sep).join("/");
    if (entry.isDirectory()) addFolder(hash, root, path, files, skip);
    else if (entry.isSymbolicLink()) add(hash, `link ${name}`, linked(path));
    else if (entry.isFile()) {
      add(hash, `file ${name}`, readFileSync(path));
      files.push(resolve(path));
    }
  }
}

/** A link to a file is the file; of one to a folder, or to nothing, where it points. */
function linked(path: string): Buffer | string {
  try {
    return readFileSync(path);
  } catch {
    return readlinkSync(path);
  }
}

/** With its length before it, so that no two lists of parts read the same. */
function add(hash: Hash, name: string, content: Buffer | string): void {
  const bytes = Buffer.from(content);
  hash
    .update(`${JSON.stringify(name)} ${bytes.length}\n`)
    .update(bytes)
    .update("\n");
}

/** What can be told without Git's own rules; a file that is not left out although it might be costs a preview at most. */
function ignoreRules(project: string): ((path: string, name: string) => boolean)[] {
  const file = join(project, ".gitignore");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .map((line) => line.trim());
  // An exception may take back any rule before it.
  if (lines.some((line) => line.startsWith("!"))) return [];
  return lines.flatMap((line) => {
    if (line === "" || line.startsWith("#")) return [];
    const rule = line.replace(/\/$/, "");
    const ending = /^\*(\.[\w.-]+)$/.exec(rule)?.[1];
    if (ending !== undefined) return [(_path: string, name: string) => name.endsWith(ending)];
    if (/[*?[\]\\]/.test(rule)) return [];
    if (rule.includes("/")) return [(path: string) => path === rule.replace(/^\//, "")];
    return [(_path: string, name: string) => name === rule];
  });
}

function lockFile(project: string): string | undefined {
  for (let folder = resolve(project); ; folder = dirname(folder)) {
    const found = LOCK_FILES.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

function packageVersion(): string {
  const text = readFileSync(join(__dirname, "..", "..", "..", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** What differs from tenant to tenant: what the tenants' file says of it, and the settings of its stack. */
export function configHash(project: string, { id, stack, cloud, config }: TenantSpec): string {
  const hash = createHash("sha256");
  add(hash, "tenant", canonicalJson({ id, stack, cloud, config }));
  for (const ending of ["yaml", "yml", "json"]) {
    const file = join(project, `Pulumi.${stack.split("/").at(-1)}.${ending}`);
    if (existsSync(file)) add(hash, ending, readFileSync(file));
  }
  return hash.digest("hex");
}

/** Which models selectors find. */
export function catalogueName(): string {
  const { number, additions } = catalogueEdition();
  return `${number} with additions of ${additions}`;
}
