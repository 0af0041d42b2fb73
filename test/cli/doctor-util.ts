/** A tenant in which everything is as it should be, an engine that answers, and the command against them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ExaminationJson, Finding } from "../../provider/dist/doctor/index.js";
import { NEEDS } from "../../provider/dist/doctor/needs.js";
import { startEmulator } from "../../provider/dist/emulator/index.js";
import type { Emulator, Seed } from "../../provider/dist/emulator/index.js";

const MAIN = fileURLToPath(new URL("../../provider/dist/cli/main.js", import.meta.url));

export const TENANT = "5b0a3f0e-7a3c-4a58-9c1e-0f6f6d1b7a12";
export const KEY = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
export const PUPILS = "10000000-0000-4000-8000-000000000001";
export const EMERGENCY = "10000000-0000-4000-8000-000000000002";
export const [EVA, ADAM, ANN] = [1, 2, 3].map((n) => `20000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];
export const STRICT = "e1000000-0000-4000-8000-0000000000ef";
const DEFAULT = "00000000-0000-0000-0000-000000000001";
/** Whatever of a person must not be printed. */
export const NAMES = /\b(Eva|Adam|Ann|Archer)\b|southside/i;
/** Texts that Graph answers hold this, so that a body that is passed on shows. */
const DOMAIN = "southside.example";

const allowList = { isEnforced: true, enforcementType: "allow", aaGuids: [KEY] };
const strict = { passkeyTypes: "deviceBound", attestationEnforcement: "registrationOnly", keyRestrictions: allowList };

export const school: Seed = {
  // One request in a second would make each test wait.
  switches: { conditionalAccessRequestsPerSecond: 1000, reportRequestsPer10Seconds: 1000 },
  tenants: [
    {
      id: TENANT,
      displayName: "Southside School",
      domain: DOMAIN,
      mode: "profiles",
      policy: {
        state: "enabled",
        isSelfServiceRegistrationAllowed: true,
        defaultPasskeyProfile: DEFAULT,
        passkeyProfiles: [
          { id: DEFAULT, name: "Default passkey profile", ...strict },
          { id: STRICT, name: "Students", ...strict },
        ],
        includeTargets: [
          { id: PUPILS, allowedPasskeyProfiles: [STRICT] },
          { id: EMERGENCY, allowedPasskeyProfiles: [DEFAULT] },
        ],
      },
      methods: { TemporaryAccessPass: { state: "enabled", includeTargets: [{ id: "all_users" }] } },
      permissions: [...new Set(NEEDS.map(({ permissions }) => permissions[0]!))],
      groups: [
        { id: PUPILS, displayName: "Pupils" },
        { id: EMERGENCY, displayName: "Break-glass" },
      ],
      users: [
        { id: ANN, displayName: "Ann Archer" },
        { id: EVA, displayName: "Eva Emergency", passkeys: [{ aaGuid: KEY }] },
        { id: ADAM, displayName: "Adam Emergency", passkeys: [{ aaGuid: KEY }] },
      ],
      memberships: { Pupils: [ANN], "Break-glass": [EVA, ADAM] },
    },
  ],
};

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command with its tenant, in a folder of its own with an engine on PATH. */
export class Stage implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "doctor-"));

  readonly emulator: Emulator;

  private constructor(emulator: Emulator) {
    this.emulator = emulator;
    for (const name of ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) {
      this.script(name, "echo v3.259.0");
    }
  }

  static async open(seed: Seed | string = school): Promise<Stage> {
    return new Stage(await startEmulator({ seed }));
  }

  get tenant() {
    return this.emulator.tenant();
  }

  /** Puts a program on PATH. */
  script(name: string, body: string): void {
    mkdirSync(join(this.folder, "bin"), { recursive: true });
    writeFileSync(join(this.folder, "bin", name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.folder, "bin", name), 0o755);
  }

  file(name: string, content: unknown): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  /** @param env further variables; `undefined` takes one away */
  async run(args: readonly string[] = [], env: Readonly<Record<string, string | undefined>> = {}): Promise<Ran> {
    const { id, client } = this.tenant;
    const all = {
      PATH: [join(this.folder, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      HOME: this.folder,
      ARM_TENANT_ID: id,
      ARM_CLIENT_ID: client.id,
      ARM_CLIENT_SECRET: client.secret,
      ENTRA_PASSKEYS_ENDPOINT: this.emulator.url,
      ENTRA_PASSKEYS_CACHE: join(this.folder, "cache"),
      ...env,
    };
    const child = spawn(process.execPath, [MAIN, "doctor", ...args], {
      cwd: this.folder,
      env: all,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err] = [text(child.stdout), text(child.stderr)];
    const [code] = (await once(child, "close")) as [number];
    return { code, out: await out, err: await err };
  }

  /** The same as JSON. */
  async json(args: readonly string[] = [], env?: Parameters<Stage["run"]>[1]) {
    const { code, out, err } = await this.run([...args, "--json"], env);
    return { code, out, err, report: JSON.parse(out || "{}") as ExaminationJson };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.emulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const bad = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ severity, subject, says }) =>
    severity === "warning" || severity === "error" ? [`${severity} ${subject}: ${says}`] : [],
  );
