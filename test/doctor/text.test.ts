import assert from "node:assert/strict";
import { countFindings, examinationJson, examinationText, type Examination } from "../../provider/dist/doctor/index.js";
import { notesOf, sentences } from "../../provider/dist/doctor/findings.js";

const [clock, policy] = [notesOf("clock"), notesOf("policy")];
const examination: Examination = {
  tenant: "t",
  cloud: "the global cloud",
  purposes: ["read"],
  findings: [
    policy.warning('profile "a\u001b[31m\nb\u202e"', "it is off.", "Switch it on."),
    clock.ok("clock", "right"),
  ],
  requests: 3,
};

describe("examinationText", () => {
  it("has a line for each finding with the next action below, group by group, and sums up", () => {
    assert.equal(
      examinationText(examination),
      [
        "tenant t, the global cloud; wanted: read",
        "",
        "Policy",
        '  warning  profile "a\\u001b[31m\\u000ab\\u202e": it is off.',
        "           Next: Switch it on.",
        "",
        "Clock",
        "  ok       clock: right.",
        "",
        "0 errors, 1 warning, 0 to know, 1 ok; 3 requests, nothing was written.",
      ].join("\n"),
    );
  });

  it("gives colours where it is given some", () => {
    const text = examinationText(examination, (severity, word) => `<${severity}>${word}</>`);
    assert.match(text, /^<title>Policy<\/>\n {2}<warning>warning<\/> {2}profile/m);
  });

  it("says that there is no tenant", () => {
    const { tenant: _tenant, cloud: _cloud, ...rest } = examination;
    assert.match(examinationText(rest), /^no tenant; wanted: read\n/);
  });
});

describe("examinationJson", () => {
  it("counts what there is, and keeps words apart from actions", () => {
    const { counts, exitCode, findings } = examinationJson(examination, 4);
    assert.deepEqual([counts, exitCode], [{ ok: 1, info: 0, warning: 1, error: 0 }, 4]);
    assert.deepEqual(counts, countFindings(examination.findings));
    assert.deepEqual([findings[0]?.says, findings[0]?.next], ["it is off", "Switch it on"]);
  });
});

describe("sentences", () => {
  for (const [message, says, next] of [
    ["x is missing. Set X.", "x is missing.", "Set X."],
    ["It broke (code 3.). Try a.b again.", "It broke (code 3.).", "Try a.b again."],
    ["One. Two. Three.", "One. Two.", "Three."],
    ["it broke", "it broke", "Read the message, and run again"],
  ] as const) {
    it(`takes ${JSON.stringify(message)} apart`, () => assert.deepEqual(sentences(message), { says, next }));
  }
});
