import type { Facts, TenantFacts, WaveFacts } from "./facts.js";
import { didYouMean } from "./form.js";
import { shown, type Path, type Report } from "./problem.js";
import { folded } from "./values.js";

/** Comparing a name with all others takes a while, and a list of so many is wrong in another way. */
const SUGGESTIONS = 20;

/**
 * Puts every tenant into one wave.
 *
 * @param settled whether tenants have names of their own and waves the right shape: else nothing is said of tenants in
 * no wave, nor of waves without tenants.
 * @returns for each wave the indexes of its tenants, in order; of use only where nothing was reported.
 */
export function assignWaves(
  facts: Facts,
  settled: boolean,
  report: Report,
  mention: (path: Path) => string,
): number[][] {
  return new Waves(facts, settled, report, mention).assign();
}

class Waves {
  readonly #waves: readonly WaveFacts[];
  readonly #byName = new Map<string, WaveFacts>();
  readonly #tenantByName = new Map<string, TenantFacts>();
  /** Where it is said in which wave a tenant is, by the tenant's index. */
  readonly #claims = new Map<number, { readonly wave: number; readonly path: Path }>();
  readonly #members: number[][];
  /** Something is wrong already, from which follows that tenants are in no wave, and waves without tenants. */
  #wrong: boolean;
  #suggestions = SUGGESTIONS;

  constructor(
    readonly facts: Facts,
    settled: boolean,
    readonly report: Report,
    readonly mention: (path: Path) => string,
  ) {
    this.#waves = facts.waves ?? [];
    this.#members = this.#waves.map(() => []);
    this.#wrong = !settled || facts.unreadable;
    for (const tenant of facts.tenants) {
      for (const name of [tenant.name, tenant.id]) if (name !== undefined) this.#tenantByName.set(folded(name), tenant);
    }
  }

  assign(): number[][] {
    if (this.facts.waves === undefined) {
      for (const tenant of this.facts.tenants) if (tenant.wave !== undefined) this.#noSuchWave(tenant, tenant.wave);
      return [this.facts.tenants.map(({ index }) => index)];
    }
    for (const wave of this.#waves) this.#checkWave(wave);
    for (const wave of this.#waves) wave.tenants?.forEach((name, item) => this.#listed(wave, name, item));
    for (const tenant of this.facts.tenants) if (tenant.wave !== undefined) this.#named(tenant, tenant.wave);
    const free = this.facts.tenants.filter(({ index }) => !this.#claims.has(index));
    for (const { index, size, rest } of this.#waves) {
      const taken = rest ? free.splice(0) : size === undefined ? [] : free.splice(0, size);
      this.#members[index]!.push(...taken.map((tenant) => tenant.index));
    }
    if (!this.#wrong) this.#complete(free);
    return this.#members;
  }

  #checkWave({ index, name, ways, rest }: WaveFacts): void {
    const path: Path = ["waves", index];
    if (name !== undefined) {
      const first = this.#byName.get(folded(name));
      if (first === undefined) this.#byName.set(folded(name), this.#waves[index]!);
      else {
        const other = this.mention(["waves", first.index, "name"]);
        this.#problem([...path, "name"], `${shown(name)} is also ${other}. Give each wave a name of its own`);
      }
    }
    if (ways.length > 1) this.#problem(path, `has ${ways.join(" and ")}. Leave one way of taking tenants`);
    if (rest && index < this.#waves.length - 1) {
      this.#problem([...path, "rest"], "is for the last wave only. Use size or tenants here");
    }
  }

  /** A tenant in the list of a wave. */
  #listed(wave: WaveFacts, name: unknown, item: number): void {
    const path: Path = ["waves", wave.index, "tenants", item];
    // That it is no text is said of its shape.
    if (typeof name !== "string") return void (this.#wrong = true);
    const tenant = this.#tenantByName.get(folded(name));
    if (tenant !== undefined) return this.#claim(tenant, wave.index, path);
    const names = this.#suggestions-- > 0 ? this.facts.tenants.map(({ name, id }) => name ?? id ?? "") : [];
    const wayOut = didYouMean(name, names) ?? "Use a name or an id of `tenants`";
    this.#problem(path, `${shown(name)} is no tenant of this file. ${wayOut}`);
  }

  /** A wave that a tenant names. */
  #named(tenant: TenantFacts, name: string): void {
    const wave = this.#byName.get(folded(name));
    if (wave === undefined) return this.#noSuchWave(tenant, name);
    const path: Path = ["tenants", tenant.index, "wave"];
    const claim = this.#claims.get(tenant.index);
    if (claim?.wave === wave.index) return;
    if (claim === undefined && !wave.rest && wave.ways.length > 0) {
      const way = this.mention(["waves", wave.index, wave.ways[0]!]);
      const reason = `${shown(name)} takes its tenants by ${way}, without this one`;
      return this.#problem(path, `${reason}. Leave out one of the two`);
    }
    this.#claim(tenant, wave.index, path);
  }

  #claim(tenant: TenantFacts, wave: number, path: Path): void {
    const before = this.#claims.get(tenant.index);
    if (before === undefined) {
      this.#claims.set(tenant.index, { wave, path });
      this.#members[wave]!.push(tenant.index);
      return;
    }
    const called = shown(tenant.name ?? tenant.id);
    const twice = before.wave === wave ? "is twice in this wave" : "is in two waves";
    this.#problem(path, `${called} ${twice}, also by ${this.mention(before.path)}. Leave one of the two`);
  }

  #noSuchWave({ index }: TenantFacts, name: string): void {
    const names = this.#waves.flatMap((wave) => wave.name ?? []);
    const near = this.#suggestions-- > 0 ? didYouMean(name, names) : undefined;
    const wayOut =
      near ?? (names.length === 0 ? "Add `waves`, or leave this out" : `Use one of ${names.slice(0, 10).join(", ")}`);
    this.#problem(["tenants", index, "wave"], `${shown(name)} is no wave of this file. ${wayOut}`);
  }

  #complete(free: readonly TenantFacts[]): void {
    const waves = this.mention(["waves"]);
    for (const { index, name, id } of free) {
      const reason = `${shown(name ?? id)} is in no wave of ${waves}`;
      this.report(["tenants", index], `${reason}. Name one here with \`wave\`, or give the last wave \`rest: true\``);
    }
    for (const { index, name } of this.#waves) {
      if (this.#members[index]!.length > 0) continue;
      const reason = `${shown(name)} has no tenant: no tenant is left for it, or none names it`;
      this.report(["waves", index], `${reason}. Give it tenants, or leave it out`);
    }
  }

  #problem(path: Path, reason: string): void {
    this.#wrong = true;
    this.report(path, reason);
  }
}
