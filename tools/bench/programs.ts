/** Programs that benchmarks run. */
import { studentRule } from "../../examples/student/rule.ts";

/** One dynamic resource that does nothing. */
export const trivial = `import * as pulumi from "@pulumi/pulumi";
const provider: pulumi.dynamic.ResourceProvider = { create: async () => ({ id: "one", outs: {} }) };
class One extends pulumi.dynamic.Resource {
  constructor(name: string) {
    super(provider, name, {});
  }
}
new One("one");
`;

/** One policy for pupils, with all of its parts. */
export const student = `import { PasskeyPolicy } from "pulumi-entra-passkeys";
new PasskeyPolicy("students", ${JSON.stringify({
  profiles: { students: { name: "Students", ...studentRule(), exclusive: true } },
  includeTargets: [{ group: "Students", profiles: ["students"] }],
  lockoutGuard: "warn",
})});
`;
