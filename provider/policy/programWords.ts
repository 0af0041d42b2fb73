import { modelName, resolveModel } from "../catalogue/index.js";
import { DEFAULT_PROFILE } from "./model.js";
import type { NormalPolicy } from "./normalize.js";

/** An entry of a list of models as a program writes it. */
export interface ModelEntry {
  /** The name of a model, or an AAGUID in lower case. */
  readonly value: string;
  /** The AAGUIDs that it stands for. */
  readonly aaguids: readonly string[];
  /** The AAGUIDs of a name, or the name of an AAGUID. */
  readonly comment: string;
}

/** A list of AAGUIDs as a program writes it: by name where every AAGUID of that name is listed, else by AAGUID. */
export function modelEntries(aaguids: readonly string[]): ModelEntry[] {
  const wanted = [...new Set(aaguids.map((aaguid) => aaguid.toLowerCase()))];
  const left = new Set(wanted);
  return wanted.flatMap((aaguid) => {
    if (!left.has(aaguid)) return [];
    const name = modelName(aaguid);
    const all = resolveModel(name).aaguids ?? [];
    const whole = all.includes(aaguid) && all.every((one) => left.has(one));
    const mine = whole ? all : [aaguid];
    for (const one of mine) left.delete(one);
    return [{ value: whole ? name : aaguid, aaguids: mine, comment: whole ? mine.join(", ") : name }];
  });
}

/** Keys of the profiles in a program by their ids: their names in camel case, `default` for the default profile. */
export function profileKeys({ profiles }: NormalPolicy): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const { id, name } of profiles) {
    const words = (name ?? "").normalize("NFKD").match(/[A-Za-z0-9]+/g) ?? [];
    const camel = words
      .map((word, index) => (index === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1)))
      .join("");
    const wanted = id === DEFAULT_PROFILE ? DEFAULT_PROFILE : /^[a-z]/.test(camel) ? camel : `profile${camel}`;
    const taken = new Set(keys.values());
    let key = wanted;
    for (let next = 2; taken.has(key) || (key === DEFAULT_PROFILE && id !== DEFAULT_PROFILE); next += 1)
      key = `${wanted}${next}`;
    keys.set(id, key);
  }
  return keys;
}
