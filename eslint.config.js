import tseslint from "typescript-eslint";

/**
 * Layers of the provider, each with the folders that it may import from. Data flows one way:
 * program -> resource -> handler -> apply -> plan -> Graph. The emulator imports nothing of the rest, so that it can
 * disagree with it.
 */
const layers = {
  catalogue: [],
  policy: ["catalogue"],
  graph: ["policy", "catalogue"],
  apply: ["policy", "catalogue", "graph"],
  impact: ["policy", "catalogue", "graph"],
  report: ["policy", "catalogue"],
  resources: ["policy", "catalogue", "graph", "apply", "impact", "report"],
  adopt: ["policy", "catalogue", "graph", "apply", "report", "resources"],
  doctor: ["policy", "catalogue", "graph", "apply", "impact", "report", "resources"],
  drift: ["policy", "catalogue", "graph", "apply", "report", "resources"],
  rollout: ["policy", "catalogue", "graph", "apply", "impact", "report", "resources"],
  emulator: [],
  cli: [
    "policy",
    "catalogue",
    "graph",
    "apply",
    "impact",
    "report",
    "resources",
    "adopt",
    "doctor",
    "drift",
    "rollout",
    "emulator",
  ],
};

const folders = Object.keys(layers);
const pure = ["policy", "catalogue", "report"];

/** Folders of a layer are at most so deep. */
const DEPTHS = [1, 2, 3];

function restrictions(layer, depth) {
  const forbidden = folders.filter((folder) => folder !== layer && !layers[layer].includes(folder));
  const patterns = forbidden.map((folder) => ({
    // Out of this layer and into the other; a folder of the layer itself may have the same name.
    regex: `^(\\.\\./){${depth}}${folder}(/|$)`,
    message: `${layer}/ must not import from ${folder}/ (see CONTRIBUTING.md, layers).`,
  }));
  if (pure.includes(layer)) {
    patterns.push({
      regex: "^(?!\\.|node:crypto$)",
      message: `${layer}/ is pure: no package and no Node.js module but node:crypto for digests.`,
    });
  }
  return patterns;
}

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", ".cache/**"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "max-lines": ["error", { max: 450, skipBlankLines: true, skipComments: true }],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: ["provider/**/*.ts", "provider/bin/*.js"],
    ignores: ["provider/cli/**"],
    // Handlers are CommonJS and load what is heavy when it is needed, by require.
    rules: { "no-console": "error", "@typescript-eslint/no-require-imports": "off" },
  },
  ...folders.flatMap((layer) =>
    DEPTHS.map((depth) => ({
      files: [`provider/${layer}/${"*/".repeat(depth - 1)}*.ts`],
      rules: { "no-restricted-imports": ["error", { patterns: restrictions(layer, depth) }] },
    })),
  ),
);
