import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { htmlReport } from "../../provider/dist/report/preview/html.js";
import type { PreviewReport } from "../../provider/dist/report/preview/index.js";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
const schema = read(join(root, "docs/schema/report-1.json"));
const golden = join(root, "test/engine/report");

describe("The page of a real preview", () => {
  for (const file of readdirSync(golden).filter((name) => name.endsWith(".json"))) {
    it(`can be made of ${file}`, () => {
      const report = read(join(golden, file)) as unknown as PreviewReport;
      const page = htmlReport(report);
      assert.equal(htmlReport(report), page);
      assert.doesNotMatch(page, />(undefined|null|NaN|\[object Object\])</);
      for (const { tenant } of report.tenants) assert.ok(page.includes(tenant));
    });
  }
});

describe("The published schema of reports", () => {
  const validate = new Ajv2020({ allErrors: true }).compile(schema);

  for (const file of readdirSync(golden).filter((name) => name.endsWith(".json"))) {
    it(`has the shape of ${file}`, () => {
      assert.ok(validate(read(join(golden, file))), JSON.stringify(validate.errors, undefined, 1));
    });
  }

  it("names every member that a report has", () => {
    // Without leave for more, a member that nobody wrote down is found.
    const strict = JSON.parse(JSON.stringify(schema), (_name, value: unknown) =>
      typeof value === "object" && value !== null && "properties" in value
        ? { ...value, additionalProperties: false }
        : value,
    ) as Record<string, unknown>;
    const exact = new Ajv2020({ allErrors: true }).compile(strict);
    for (const file of readdirSync(golden).filter((name) => name.endsWith(".json"))) {
      assert.ok(exact(read(join(golden, file))), `${file}: ${JSON.stringify(exact.errors, undefined, 1)}`);
    }
  });

  it("refuses what is none", () => {
    const report = read(join(golden, "no-change.json"));
    assert.equal(validate({ ...report, version: 2 }), false);
    assert.equal(validate({ ...report, tenants: [{}] }), false);
  });
});
