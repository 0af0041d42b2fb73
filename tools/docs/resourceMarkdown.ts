import { code, prose, sentence, table } from "./markdown.ts";
import type { Property, Resource } from "./resources.ts";

/** Arguments and outputs of a resource as tables. */
export function resourceMarkdown({ arguments: all, sections, outputs }: Resource): string {
  const shared = all.filter((argument) => argument.shared);
  return [
    "## Arguments",
    `Every value${except(all)} may be an output of another resource. What is left out and has no default is not managed.`,
    argumentTable(all.filter((argument) => !argument.shared)),
    ...(shared.length === 0 ? [] : ["### Settings of every resource", argumentTable(shared)]),
    ...sections.flatMap(({ title, description, properties }) => [
      `### ${title}`,
      ...(description === "" ? [] : [prose(description)]),
      argumentTable(properties),
    ]),
    ...(outputs.length === 0 ? [] : ["## Outputs", outputTable(outputs)]),
  ].join("\n\n");
}

function except(all: readonly Property[]): string {
  const plain = all.filter((argument) => argument.plain).map(({ name }) => code(name));
  if (plain.length === 0) return "";
  return ` but ${plain.length === 1 ? plain[0]! : `${plain.slice(0, -1).join(", ")} and ${plain.at(-1)!}`}`;
}

const argumentTable = (properties: readonly Property[]): string =>
  table(
    ["argument", "type", "required", "default", "meaning"],
    properties.map((property) => [
      code(property.name),
      property.type,
      property.required ? "yes" : "",
      prose(property.default ?? ""),
      property.description === "" ? "" : sentence(property.description),
    ]),
  );

const outputTable = (properties: readonly Property[]): string =>
  table(
    ["output", "type", "meaning"],
    properties.map(({ name, type, description }) => [
      code(name),
      type,
      description === "" ? "" : sentence(description),
    ]),
  );
