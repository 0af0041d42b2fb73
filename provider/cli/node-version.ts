/**
 * Imported before anything else: commander and other ES modules that the command line `require`s cannot be loaded by an
 * older Node.js, and the error of that says nothing to whoever typed the command.
 */
if (!("require_module" in process.features) || !process.features.require_module) {
  process.stderr.write(`entra-passkeys needs Node.js 22.12 or newer; this is ${process.version}.\n`);
  process.exit(1);
}

export {};
