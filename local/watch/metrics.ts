import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { invariant } from '../../core/invariant.ts';
import type { MetricName, MetricSpec, Metrics } from '../../core/metrics.ts';
import { METRICS } from '../../core/metrics.ts';

export type Labels = Readonly<Record<string, string>>;

/** The desk's metrics, for a person's Prometheus and for the desk's own status. */
export interface WatchedMetrics extends Metrics {
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
  /** Sum over the series that carry all of `labels`; 0 when there is none. Of a histogram, the number of observations. */
  value(name: MetricName, labels?: Labels): Promise<number>;
}

/** Series to show as zero from the start. */
export type KnownSeries = Readonly<Partial<Record<MetricName, readonly Labels[]>>>;

/**
 * A registry of its own that holds exactly the metrics of {@link METRICS}. What has no labels is zero from the start, so
 * that silence means broken; labelled counters are as soon as `known` names their series. `add` counts, moves a gauge by,
 * or observes; `set` is for gauges only.
 */
export function createMetrics(known: KnownSeries = {}): WatchedMetrics {
  const registry = new Registry();
  const meters = new Map(
    Object.entries(METRICS).map(([name, spec]) => [name, createMeter(name, spec, registry)]),
  );
  const meter = (name: string): Meter => {
    const found = meters.get(name);
    invariant(found !== undefined, `there is no metric ${name}; core/metrics.ts declares them`);
    return found;
  };
  for (const [name, series] of Object.entries(known))
    for (const labels of series ?? []) meter(name).add(0, labels);
  return {
    add: (name, value, labels = {}) => meter(name).add(value, labels),
    set: (name, value, labels = {}) => meter(name).set(value, labels),
    forget: (name, labels) => meter(name).forget(labels),
    text: () => registry.metrics(),
    value: (name, labels = {}) => meter(name).value(labels),
  };
}

interface Meter {
  add(value: number, labels: Labels): void;
  set(value: number, labels: Labels): void;
  forget(labels: Labels): void;
  value(labels: Labels): Promise<number>;
}

function createMeter(name: string, spec: MetricSpec, registry: Registry): Meter {
  const options = { name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
  const checked = (labels: Labels): Labels => {
    const given = Object.keys(labels);
    const agrees = given.length === spec.labels.length && spec.labels.every((label) => given.includes(label));
    invariant(agrees, `metric ${name} has the labels [${spec.labels.join(', ')}], not [${given.join(', ')}]`);
    return labels;
  };
  const refuseSet = (): never => {
    throw new Error(`metric ${name} is a ${spec.type}; only a gauge can be set`);
  };
  switch (spec.type) {
    case 'counter': {
      const counter = new Counter(options);
      return {
        add: (value, labels) => counter.inc(checked(labels), value),
        set: refuseSet,
        forget: (labels) => counter.remove(checked(labels)),
        value: async (labels) => total((await counter.get()).values, labels),
      };
    }
    case 'gauge': {
      const gauge = new Gauge(options);
      return {
        add: (value, labels) => gauge.inc(checked(labels), value),
        set: (value, labels) => gauge.set(checked(labels), value),
        forget: (labels) => gauge.remove(checked(labels)),
        value: async (labels) => total((await gauge.get()).values, labels),
      };
    }
    case 'histogram': {
      const histogram = new Histogram(options);
      return {
        add: (value, labels) => histogram.observe(checked(labels), value),
        set: refuseSet,
        forget: (labels) => histogram.remove(checked(labels)),
        value: async (labels) =>
          total(
            (await histogram.get()).values.filter((one) => one.metricName === `${name}_count`),
            labels,
          ),
      };
    }
  }
}

interface Series {
  readonly value: number;
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
}

const total = (all: readonly Series[], labels: Labels): number =>
  all
    .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    .reduce((sum, one) => sum + one.value, 0);
