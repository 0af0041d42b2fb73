import type { DataConverter } from "@temporalio/common";
import { encryptingCodec } from "./codec.js";
import type { ClusterSettings } from "./settings.js";

/** Failures of activities have texts, too: they are encrypted where payloads are. */
export const FAILURE_CONVERTER = require.resolve("./failures.js");

/** How values are written for the cluster. */
export function dataConverter({ codecKeys }: Pick<ClusterSettings, "codecKeys">): DataConverter {
  if (codecKeys.length === 0) return {};
  return { payloadCodecs: [encryptingCodec(codecKeys)], failureConverterPath: FAILURE_CONVERTER };
}

/** What a connection is opened with. */
export function connectionOptions({ address, tls, apiKey }: ClusterSettings) {
  return { address, ...(tls && { tls }), ...(apiKey !== undefined && { apiKey }) };
}
