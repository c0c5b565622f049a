export interface Metric {
  readonly type: string;
  readonly help: string;
  /** By the series' whole name, labels among it. */
  readonly series: Map<string, number>;
}

const line = {
  help: /^# HELP ([a-z_][a-z0-9_]*) (\S.*)$/,
  type: /^# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram|summary)$/,
  sample: /^([a-z_][a-z0-9_]*)((?:\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})?) (\S+)$/,
};

/** Reads the text format 0.0.4 as strictly as its description; throws an Error that names the line. */
export function parseMetrics(text: string): Map<string, Metric> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const metrics = new Map<string, Metric>();
  let help: RegExpExecArray | null = null;
  let current: { name: string; metric: Metric } | undefined;
  for (const one of text.split("\n").filter((text) => text !== "")) {
    const type = line.type.exec(one);
    const sample = line.sample.exec(one);
    if (line.help.test(one)) help = line.help.exec(one);
    else if (type) {
      const [, name, kind] = type;
      if (help?.[1] !== name) throw new Error(`no HELP before: ${one}`);
      if (metrics.has(name!)) throw new Error(`a second time: ${one}`);
      current = { name: name!, metric: { type: kind!, help: help![2]!, series: new Map() } };
      metrics.set(name!, current.metric);
    } else if (sample && current) addSample(current.name, current.metric, sample);
    else throw new Error(`not of the format: ${one}`);
  }
  return metrics;
}

function addSample(name: string, { type, series }: Metric, [text, full, labels, value]: RegExpExecArray): void {
  const suffixes = { histogram: ["_bucket", "_sum", "_count"], summary: ["", "_sum", "_count"] }[type] ?? [""];
  if (!suffixes.some((suffix) => full === name + suffix)) throw new Error(`not of ${name}: ${text}`);
  const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value === "Nan" ? "NaN" : value);
  if (Number.isNaN(number) && !/^nan$/i.test(value!)) throw new Error(`no number: ${text}`);
  if (series.has(full! + labels!)) throw new Error(`a second time: ${text}`);
  series.set(full! + labels!, number);
}

/** The sum of a metric's series whose labels fit. */
export function total(metrics: Map<string, Metric>, name: string, fits = /(?:)/): number {
  const metric = metrics.get(name.replace(/_(bucket|count|sum)$/, "")) ?? metrics.get(name);
  if (!metric) throw new Error(`there is no metric ${name}`);
  let sum = 0;
  for (const [series, value] of metric.series) if (series.split("{")[0] === name && fits.test(series)) sum += value;
  return sum;
}
