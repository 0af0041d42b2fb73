import type { PlanReport, Size } from "../model.js";
import { markup, number } from "./markup.js";
import type { Markup } from "./markup.js";
import { list, named, row, table, tag } from "./parts.js";

/** What `pulumi up` runs, in order. */
export function plans(all: readonly PlanReport[]): Markup {
  if (all.length === 0) return markup`<p><code>pulumi up</code> writes nothing to this policy.</p>\n`;
  return markup`${all.map(plan)}`;
}

function plan({
  stack,
  resource,
  operation,
  digest,
  steps,
  refusals,
  acknowledgement,
  acknowledged,
}: PlanReport): Markup {
  return markup`<article>
<h4>${named(resource)} ${tag(operation, operation === "delete" ? "removed" : "new")}${
    refusals.length === 0 ? undefined : [" ", tag("Refused", "error")]
  }</h4>
<p class="id">Stack ${named(stack)}${digest === "" ? undefined : markup`, plan <code>${digest}</code>`}</p>
${
  refusals.length === 0
    ? undefined
    : markup`<div class="refusals">
<p><strong>Refused as it stands; nothing of this plan would be written:</strong></p>
${list(refusals)}</div>
`
}${
    acknowledged === undefined
      ? undefined
      : markup`<p>${tag("Acknowledged", "same")} until ${acknowledged.until}: ${acknowledged.reason}</p>\n`
  }${
    steps.length === 0
      ? refusals.length > 0
        ? undefined
        : markup`<p>It has no step.</p>\n`
      : markup`<ol class="steps">\n${steps.map(step)}</ol>\n`
  }${
    acknowledgement === undefined
      ? undefined
      : markup`<p>To let it go ahead nevertheless, ${
          acknowledgement.startsWith("acknowledge:") ? "add this to the program" : "set this for the update"
        }, with your day and reason:</p>
<pre role="group" tabindex="0" aria-label="Acknowledgement"><code>${snippet(acknowledgement)}</code></pre>
`
  }</article>
`;
}

function step({ kind, reason, risk }: PlanReport["steps"][number]): Markup {
  return markup`<li><p>${tag(kind, "same")} ${reason}</p>${
    risk === undefined ? undefined : markup`<p class="risk"><strong>Risk:</strong> ${risk}</p>`
  }</li>
`;
}

/** The only text that keeps its lines and tabs. */
function snippet(text: string): Markup[] {
  return text.split(/\r\n|\n/).map((line, index) => {
    const cells = line.split("\t").map((cell, tab) => (tab === 0 ? markup`${cell}` : markup`\t${cell}`));
    return index === 0 ? markup`${cells}` : markup`\n${cells}`;
  });
}

/** What the policy takes of the service's limits. */
export function size({ bytes, profiles }: Size): Markup {
  return table({
    caption: "Size of the policy against the limits of the service",
    label: "size",
    head: ["What", "Before", "After", "Limit", "Used afterwards"],
    rows: [measured("Bytes", bytes), measured("Profiles", profiles)],
    kind: "numbers",
  });
}

function measured(name: string, { before, after, limit }: Size["bytes"]): Markup {
  const share = limit > 0 ? `${Math.round((after / limit) * 100)} %` : "unknown";
  const over = after > limit ? [" ", tag("over the limit", "error")] : undefined;
  const meter = markup`<meter min="0" max="${limit}" high="${Math.floor(limit * 0.9)}" value="${after}" aria-hidden="true"></meter>`;
  return row(name, [number(before), number(after), number(limit), [meter, " ", share, over]]);
}
