import { createHash } from "node:crypto";

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether `text` has the form of a GUID (an AAGUID, a group id, a profile id); letters may have either case. */
export function isGuid(text: unknown): text is string {
  return typeof text === "string" && GUID.test(text);
}

/** The namespace of the GUIDs that this package makes for passkey profiles. Never changes: ids in state depend on it. */
const PROFILE_NAMESPACE = "6f1f3c5e-7d0b-5a43-9d53-2a6a1c0f8e41";

/**
 * A GUID of version 5 (RFC 9562, section 5.5) for a name within a namespace: the same name gives the same GUID
 * everywhere.
 */
export function guidFromName(name: string, namespace: string = PROFILE_NAMESPACE): string {
  const hash = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name, "utf8")
    .digest()
    .subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * The id of a passkey profile that `owner` creates in a tenant: known before the profile exists, so that targets can
 * name it in a preview, and the same on every machine.
 */
export function profileGuid(tenantId: string, owner: string, key: string): string {
  // A name may hold the separator; two owners must never share a profile because of it.
  const part = (name: string) => name.replaceAll("%", "%25").replaceAll("/", "%2F");
  return guidFromName([tenantId.toLowerCase(), part(owner), part(key)].join("/"));
}
