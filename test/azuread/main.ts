/** Started by the engine as `pulumi-resource-azuread`: serves the plugin's protocol and prints its port. */
import type { Graph, ResourceType, Values } from "./types.ts";
import { grpc, ResourceProviderService } from "./sdk.ts";
import { serviceOf } from "./service.ts";

const VERSION = "6.9.1";

/** Loaded when they are asked for: every preview waits for the start. */
const resources: Record<string, () => Promise<ResourceType>> = {
  "azuread:index/group:Group": async () => (await import("./group.ts")).group,
  "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy": async () =>
    (await import("./conditional-access.ts")).conditionalAccessPolicy,
  "azuread:index/authenticationStrengthPolicy:AuthenticationStrengthPolicy": async () =>
    (await import("./authentication-strength.ts")).authenticationStrengthPolicy,
};

async function connect(config: Values): Promise<Graph> {
  const { signIn } = await import("./session.ts");
  const setting = (name: string, variable: string) => (config[name] as string | undefined) || process.env[variable];
  return signIn({
    metadataHost: setting("metadataHost", "ARM_METADATA_HOSTNAME"),
    tenantId: setting("tenantId", "ARM_TENANT_ID"),
    clientId: setting("clientId", "ARM_CLIENT_ID"),
    clientSecret: setting("clientSecret", "ARM_CLIENT_SECRET"),
  });
}

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(
  ResourceProviderService,
  serviceOf({
    version: VERSION,
    resource: async (token) => resources[token]?.(),
    async lookup(token) {
      const { getGroup } = await import("./get-group.ts");
      return token === getGroup.token ? getGroup.invoke : undefined;
    },
    connect,
    say: async (line) => (await import("./engine-log.ts")).logTo(process.argv[2], line),
  }),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(String(port));
});
