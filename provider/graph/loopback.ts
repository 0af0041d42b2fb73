/**
 * Whether a host name, as `URL` gives it, is this machine. `URL` has already brought the short and the hexadecimal ways to
 * write 127.0.0.1 into the usual one.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
