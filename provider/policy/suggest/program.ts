import { DEFAULT_PROFILE } from "../model.js";
import type { Fido2Policy } from "../model.js";
import { normalizePolicy } from "../normalize.js";
import type { NormalProfile } from "../normalize.js";
import { modelEntries, profileKeys } from "../programWords.js";
import type { Suggestion } from "./allowList.js";
import { modelNote } from "./words.js";

const quoted = (text: string) => JSON.stringify(text);

/** The lines of a list of models, each with its AAGUIDs or its name. */
function modelLines(aaguids: readonly string[], note: (aaguids: readonly string[]) => string): string[] {
  return modelEntries(aaguids).map(({ value, aaguids: own, comment }) => {
    // A name of the catalogue is other people's text: nothing of it may end the comment.
    return `${quoted(value)}, // ${`${comment}${note(own)}`.replaceAll(/\s+/g, " ")}`;
  });
}

function indent(lines: readonly string[], depth = 1): string[] {
  return lines.map((line) => "  ".repeat(depth) + line);
}

const block = (open: string, lines: readonly string[], close: string) => [open, ...indent(lines), close];

function restrictionLines(profile: NormalProfile, note: (aaguids: readonly string[]) => string): string[] {
  const { isEnforced, enforcementType, aaGuids } = profile.keyRestrictions;
  return block(
    "keyRestrictions: {",
    [
      ...(isEnforced === undefined ? [] : [`isEnforced: ${isEnforced},`]),
      ...(enforcementType === undefined ? [] : [`enforcementType: ${quoted(enforcementType)},`]),
      ...(aaGuids === undefined
        ? []
        : aaGuids.length === 0
          ? ["models: [],"]
          : block("models: [", modelLines(aaGuids, note), "],")),
    ],
    "},",
  );
}

function program(comment: readonly string[], args: readonly string[]): string {
  const lines = [
    'import { PasskeyPolicy } from "pulumi-entra-passkeys";',
    "",
    ...comment.map((line) => `// ${line}`),
    ...block('new PasskeyPolicy("passkeys", {', args, "});"),
  ];
  return `${lines.join("\n")}\n`;
}

const idLine = (id: string) => (id === DEFAULT_PROFILE ? [] : [`id: ${quoted(id)},`]);

/** A proposed list as a program that manages these lists and nothing else. */
export function suggestionProgram(suggestion: Suggestion): string {
  const { policy, profiles, models, atLeast } = suggestion;
  const normal = normalizePolicy(policy);
  const keys = profileKeys(normal);
  const known = new Map(models.map((model) => [model.aaguid, model]));
  const note = (aaguids: readonly string[]) => {
    const told = aaguids.flatMap((aaguid) => known.get(aaguid) ?? []);
    return told.length === 0 ? "" : `; ${told.map(modelNote).join("; ")}`;
  };
  const lines = normal.profiles
    .filter(({ id }) => profiles.includes(id))
    .flatMap((profile) =>
      block(`${keys.get(profile.id)!}: {`, [...idLine(profile.id), ...restrictionLines(profile, note)], "},"),
    );
  const comment = [
    `Leaves everyone a key that they have now${atLeast === models.length ? "; no smaller list does" : ""}.`,
  ];
  return program(comment, block("profiles: {", lines, "},"));
}

/** A whole policy as a program; `before` tells which targets and excludes it takes away. */
export function policyProgram(policy: Fido2Policy, before: Fido2Policy, comment: readonly string[]): string {
  const [normal, old] = [normalizePolicy(policy), normalizePolicy(before)];
  const keys = profileKeys(normal);
  const profiles = normal.profiles.flatMap((profile) => {
    const { id, name, passkeyTypes, attestationEnforcement } = profile;
    const types =
      passkeyTypes === undefined || normal.mode === "legacy" ? [] : [`passkeyTypes: ${list([...passkeyTypes])},`];
    return block(
      `${keys.get(id)!}: {`,
      [
        ...idLine(id),
        ...(id === DEFAULT_PROFILE || name === undefined ? [] : [`name: ${quoted(name)},`]),
        ...types,
        ...(attestationEnforcement === undefined ? [] : [`attestationEnforcement: ${quoted(attestationEnforcement)},`]),
        ...restrictionLines(profile, () => ""),
      ],
      "},",
    );
  });
  const includes = normal.includeTargets.map(
    ({ id, profiles: ids }) => `{ group: ${quoted(id)}, profiles: ${list(ids.map((one) => keys.get(one) ?? one))} },`,
  );
  const gone = (name: "includeTargets" | "excludeTargets") =>
    old[name].filter(({ id }) => !normal[name].some((one) => one.id === id)).map(({ id }) => id);
  const ids = (name: string, all: readonly string[]) => (all.length === 0 ? [] : [`${name}: ${list(all)},`]);
  return program(comment, [
    ...(normal.state === undefined ? [] : [`state: ${quoted(normal.state)},`]),
    ...(normal.isSelfServiceRegistrationAllowed === undefined
      ? []
      : [`isSelfServiceRegistrationAllowed: ${normal.isSelfServiceRegistrationAllowed},`]),
    ...block("profiles: {", profiles, "},"),
    ...(includes.length === 0 ? [] : block("includeTargets: [", includes, "],")),
    ...ids(
      "excludeTargets",
      normal.excludeTargets.map(({ id }) => id),
    ),
    ...ids("removedIncludeTargets", gone("includeTargets")),
    ...ids("removedExcludeTargets", gone("excludeTargets")),
  ]);
}

const list = (texts: readonly string[]) => `[${texts.map(quoted).join(", ")}]`;
