type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
  /** What follows the family's name: `_bucket`, `_sum` or `_count`. */
  readonly suffix?: string;
}

/** Metrics of one name. */
export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A family of one number. */
export function single(name: string, type: "counter" | "gauge", help: string, value: number): Family {
  return { name, type, help, samples: [{ value }] };
}

/** A family with a number for each value of one label. */
export function byLabel(
  name: string,
  type: "counter" | "gauge",
  help: string,
  label: string,
  values: Iterable<readonly [string, number]>,
): Family {
  return { name, type, help, samples: Array.from(values, ([of, value]) => ({ labels: { [label]: of }, value })) };
}

/** Families as Prometheus reads them (text format 0.0.4). Labels are ours alone, and need no escapes. */
export function printFamilies(families: readonly Family[]): string {
  return families.map(printFamily).join("");
}

function printFamily({ name, type, help, samples }: Family): string {
  const lines = samples.map(
    ({ labels, value, suffix = "" }) => `${name}${suffix}${labels ? printLabels(labels) : ""} ${value}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function printLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(",")}}`;
}
