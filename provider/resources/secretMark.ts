/** How the engine marks a value that is a secret, wherever it keeps or shows properties. */
export const SECRET_MARK = "4dabf18193072939515e22adb298388d";
