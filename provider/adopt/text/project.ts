import { stringify } from "yaml";

/** Texts of a Pulumi project by file name. */
export type ProjectFiles = ReadonlyMap<string, string>;

export interface ProjectOptions {
  /** Name of the project. */
  readonly name: string;
  readonly tenantId: string;
  /** Value of `azuread:environment`; absent for the global cloud. */
  readonly environment?: string;
  /** A stack whose settings name the tenant. */
  readonly stack?: string | undefined;
  /** Ranges of the packages that the program needs. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly program: string;
}

/** A project around a program, in the form of the examples: Node.js runs the TypeScript as it is. */
export function projectFiles({ program, ...options }: ProjectOptions): ProjectFiles {
  const { name, tenantId, environment, stack, dependencies } = options;
  const files = new Map([
    ["index.ts", program],
    [
      "Pulumi.yaml",
      stringify({
        name,
        description: "The Passkey (FIDO2) policy of an Entra ID tenant",
        // Node.js 22.18 and newer run TypeScript as it is: no compiler starts at each preview.
        runtime: { name: "nodejs", options: { typescript: false } },
        main: "index.ts",
      }),
    ],
    ["package.json", json({ name, private: true, type: "module", dependencies })],
    [
      "tsconfig.json",
      json({
        compilerOptions: {
          strict: true,
          noEmit: true,
          target: "es2023",
          module: "nodenext",
          allowImportingTsExtensions: true,
          erasableSyntaxOnly: true,
          skipLibCheck: true,
        },
        include: ["*.ts"],
      }),
    ],
    [".gitignore", "node_modules/\n"],
  ]);
  if (stack !== undefined) {
    const config = { "azuread:tenantId": tenantId, ...(environment && { "azuread:environment": environment }) };
    files.set(`Pulumi.${stack}.yaml`, stringify({ config }));
  }
  return files;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
