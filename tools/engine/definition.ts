import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The Pulumi CLI that is downloaded or built where the machine has none that is new enough. */
export const engineVersion = "3.259.0";

/** The oldest CLI that is used from PATH: from 3.216.0 on a dynamic provider's `read` may return inputs. */
export const minimumVersion = "3.216.0";

/** The oldest Go toolchain that builds the engine, as the go.mod files of this folder say. */
export const goVersion = "1.25.11";

/** Raise it when the way of building changes, so that older caches are not taken for new ones. */
const recipe = 1;

/** The three programs of an engine. */
export const programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"] as const;

/** The name of one of them. */
export type Program = (typeof programs)[number];

/** The file name of a program on this platform. */
export function fileName(program: Program, platform: NodeJS.Platform = process.platform): string {
  if (platform !== "win32") return program;
  return program === "pulumi-resource-pulumi-nodejs" ? `${program}.cmd` : `${program}.exe`;
}

/** A file of an engine and what it is made from: a package to compile, or a file of the module to copy. */
export interface Product {
  file: string;
  package?: string;
  copy?: string;
}

/** A Go module of this folder, with a go.mod and a go.sum of its own, and what comes out of it. */
export interface GoModule {
  folder: string;
  /** The module of Pulumi that it is there for. */
  module: string;
  version: string;
  products: readonly Product[];
  /** Code of our own, beside go.mod. */
  sources?: readonly string[];
}

const exe = process.platform === "win32" ? ".exe" : "";

/** What the Go toolchain makes an engine from. Versions here and in the go.mod files are the same; a test compares them. */
export const goModules: readonly GoModule[] = [
  {
    folder: "launcher",
    module: "github.com/pulumi/pulumi/sdk/v3",
    version: "v3.259.0",
    products: [
      {
        file: fileName("pulumi-resource-pulumi-nodejs"),
        copy: `nodejs/dist/${fileName("pulumi-resource-pulumi-nodejs")}`,
      },
    ],
  },
  {
    // The last version of this module that carries the language host; it runs today's SDK.
    folder: "language-nodejs",
    module: "github.com/pulumi/pulumi/sdk/v3",
    version: "v3.68.0",
    sources: ["main.go"],
    products: [
      { file: fileName("pulumi-language-nodejs"), package: "." },
      {
        file: `pulumi-language-nodejs-host${exe}`,
        package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      },
    ],
  },
  {
    folder: "pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    version: `v${engineVersion}`,
    products: [{ file: fileName("pulumi"), package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" }],
  },
];

/** The files of a Go module that are needed to build it. */
export function moduleFiles({ folder, sources = [] }: GoModule): { name: string; path: string }[] {
  return ["go.mod", "go.sum", ...sources].map((name) => ({ name, path: join(import.meta.dirname, folder, name) }));
}

/** Names this engine on this platform: another version, go.sum, source or platform gives another key. */
export function engineKey(platform: string = process.platform, arch: string = process.arch): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ recipe, engineVersion, goModules, platform, arch }));
  for (const module of goModules) {
    for (const { path } of moduleFiles(module)) hash.update(readFileSync(path));
  }
  return `${engineVersion}-${platform}-${arch}-${hash.digest("hex").slice(0, 12)}`;
}

/** Compares two versions of the form `v1.2.3`, `1.2.3` or `1.2.3-beta`; a pre-release counts as its release. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) =>
    (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? []).slice(1).map((n) => Number(n ?? 0));
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
