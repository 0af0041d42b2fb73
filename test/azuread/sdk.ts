import { createRequire } from "node:module";

const own = createRequire(import.meta.url);
// What the SDK brings along is asked for from where the SDK is, wherever npm has put it.
const sdk = createRequire(own.resolve("@pulumi/pulumi/package.json"));

/** gRPC, and the SDK's messages of the protocol between the engine and its plugins. */
export const grpc = sdk("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
export const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: { fromJavaScript(value: object): Message };
};
export const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js") as { Empty: new () => Message };
export const { Any } = sdk("google-protobuf/google/protobuf/any_pb.js") as { Any: new () => Message };
export const { Status } = sdk("./proto/status_pb.js") as { Status: new () => Message };
export const messages = sdk("./proto/provider_pb.js") as Messages;
export const { PluginInfo } = sdk("./proto/plugin_pb.js") as { PluginInfo: new () => Message };
export const { ResourceProviderService } = sdk("./proto/provider_grpc_pb.js") as {
  ResourceProviderService: import("@grpc/grpc-js").ServiceDefinition;
};

/** Another module of the SDK. */
export const sdkModule = (path: string) => sdk(path) as Messages;

/** A message as the generated code has it: a `getX` and a `setX` for each field. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Message = any;

type Messages = Record<string, Message>;
