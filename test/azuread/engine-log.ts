import { grpc, sdkModule, type Message } from "./sdk.ts";

/** Puts a line into the log of the engine that has started this plugin; the engine keeps standard error to itself. */
export async function logTo(engine: string | undefined, line: string): Promise<void> {
  if (engine === undefined) return console.error(line);
  const { EngineClient } = sdkModule("./proto/engine_grpc_pb.js");
  const { LogRequest, LogSeverity } = sdkModule("./proto/engine_pb.js");
  const client: Message = new EngineClient(engine, grpc.credentials.createInsecure());
  const request = new LogRequest().setSeverity(LogSeverity.INFO).setMessage(line);
  await new Promise<void>((done) => {
    client.log(request, (error: Error | null) => {
      if (error) console.error(line);
      client.close();
      done();
    });
  });
}
