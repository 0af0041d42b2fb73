import type { Context } from "mocha";

/** Skips the running test with a reason that the closing summary shows. */
export function skip(context: Context, reason: string): never {
  if (context.test) context.test.title += ` [${reason}]`;
  return context.skip();
}
