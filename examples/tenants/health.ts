/**
 * Whether all is well after a wave: a place for what your organisation knows, such as sign-in logs or tickets. It gets the
 * tenants of the wave, and ends with 0 where the next wave may begin.
 */
const { ENTRA_PASSKEYS_WAVE = "", ENTRA_PASSKEYS_TENANTS = "" } = process.env;
const tenants = ENTRA_PASSKEYS_TENANTS.split(",").filter(Boolean);
console.log(`${ENTRA_PASSKEYS_WAVE}: ${tenants.length} tenants looked at`);
