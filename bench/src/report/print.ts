import type { LatencyFigures, Percentiles } from '../latency.js';
import type { ThroughputFigures } from '../throughput.js';
import { GOALS, verdictOf, type Ratios } from './summary.js';
import { shown, table } from './table.js';

const BUILDS = ['ours', 'floor', 'naive'] as const;

/** The three builds side by side, with what each wrote and sent. */
export function throughputLines(figures: ThroughputFigures): string[] {
  const row = (name: string, of: (build: (typeof BUILDS)[number]) => number) => [
    name,
    ...BUILDS.map((one) => shown(of(one))),
  ];
  const services = Object.keys(figures.ours.cpuMsPerCaseByService);
  return [
    ...table(
      ['median over rounds', ...BUILDS],
      [
        row('cases per second', (one) => figures[one].casesPerSecond),
        row('Node CPU per case, ms', (one) => figures[one].cpuMsPerCase),
        ...services.map((name) => row(`  ${name}`, (one) => figures[one].cpuMsPerCaseByService[name] ?? Number.NaN)),
        row('Node CPU without cases, ms/s', (one) => figures[one].idleCpuMsPerSecond),
      ],
    ),
    '',
    ...table(
      ['counted per case', ...BUILDS],
      [
        row('documents inserted', (one) => figures[one].work.inserted),
        row('documents updated', (one) => figures[one].work.updated),
        row('documents deleted', (one) => figures[one].work.deleted),
        row('bytes written', (one) => figures[one].work.writtenBytes),
        row('bytes of a case in the end', (one) => figures[one].work.caseBytes),
        row('messages sent', (one) => figures[one].work.messages),
        row('bytes sent', (one) => figures[one].work.messageBytes),
      ],
    ),
    '',
    ...table(
      ['resident memory, MB: largest (median)', ...BUILDS],
      services.map((name) => [
        name,
        ...BUILDS.map((one) => {
          const { max = Number.NaN, median = Number.NaN } = figures[one].memoryMb[name] ?? {};
          return `${shown(max)} (${shown(median)})`;
        }),
      ]),
    ),
  ];
}

export function latencyLines(figures: LatencyFigures): string[] {
  const row = (name: string, { p50, p99, count }: Percentiles) => [
    name,
    shown(p50),
    shown(p99),
    count.toLocaleString('en'),
  ];
  return table(
    [`ms, at ${shown(figures.casesPerSecond)} cases/s`, 'p50', 'p99', 'count'],
    [
      row('accepted → last answer', figures.acceptedToLastAnswer),
      ...figures.stages.map(({ type, after }) => row(`  ${type}`, after)),
      row('accepted → last answer, one case at a time', figures.alone.acceptedToLastAnswer),
      ...figures.alone.stages.map(({ type, after }) => row(`  ${type}`, after)),
      row('Kafka round trip, meanwhile', figures.roundTripUnderLoad),
      row('Kafka round trip, idle', figures.roundTripIdle),
    ],
  );
}

const VERDICTS = { aim: 'reaches the aim', enough: 'enough', short: 'falls short' } as const;

export function ratioLines(ratios: Ratios): string[] {
  const names = (Object.keys(GOALS) as (keyof Ratios)[]).filter((name) => ratios[name] !== undefined);
  return table(
    ['ratio', 'measured', 'at least', 'aim', ''],
    names.map((name) => {
      const { name: words, better, least, aim } = GOALS[name];
      const bound = better === 'more' ? '≥' : '≤';
      return [
        words,
        `${shown(ratios[name]!)}×`,
        `${bound} ${least}×`,
        `${bound} ${aim}×`,
        VERDICTS[verdictOf(name, ratios[name]!)],
      ];
    }),
  );
}
