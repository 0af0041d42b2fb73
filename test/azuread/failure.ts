import type { ServiceError } from "@grpc/grpc-js";
import { Any, grpc, messages, Status, Struct } from "./sdk.ts";
import { HalfCreatedError } from "./types.ts";

/** An error as the engine reads it; what a failed create has left behind goes with it. */
export function failedRpc(error: Error): Partial<ServiceError> {
  if (!(error instanceof HalfCreatedError)) return { code: grpc.status.UNKNOWN, details: error.message };
  const { id, outputs } = error.existing;
  const detail = new messages.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(outputs)) as object))
    .setReasonsList([error.message]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(error.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: error.message, metadata };
}
