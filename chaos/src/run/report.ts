import type { Verdict } from '../checker/evidence.js';
import type { ChaosReport, ChaosRun, Progress } from './chaos.js';

const SHOWN_BROKEN = 12;
const minutes = (seconds: number): string =>
  seconds < 90
    ? `${Math.round(seconds)} s`
    : `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;

/** `running    312/2000 cases  41/200 faults  5 min 12 s, about 28 min left`. */
export function progressLine(
  { phase, cases, ofCases, faults, ofFaults, seconds }: Progress,
  loadSeconds: number,
): string {
  const done = `${phase.padEnd(9)} ${cases}/${ofCases} cases  ${faults}/${ofFaults} faults  ${minutes(seconds)}`;
  if (phase !== 'running' || cases < 5) return done;
  return `${done}, about ${minutes((loadSeconds / cases) * (ofCases - cases))} left`;
}

const verdictLines = ({ invariant, checked, broken }: Verdict): string[] => [
  `${broken.length === 0 ? 'holds ' : 'BROKEN'}  ${String(checked).padStart(7)}  ${invariant}${broken.length > 0 ? ` (${broken.length})` : ''}`,
  ...broken.slice(0, SHOWN_BROKEN).map((what) => `                 ${what}`),
  ...(broken.length > SHOWN_BROKEN ? [`                 … and ${broken.length - SHOWN_BROKEN} more`] : []),
];

export const commandOf = ({
  cases,
  faults,
  seed,
  people,
  only,
  twists,
  atATime,
}: Omit<ChaosRun, 'signal' | 'say' | 'onLine' | 'progress'>): string =>
  [
    `npm run chaos -- --cases ${cases} --faults ${faults} --seed ${seed}`,
    ...(people === undefined ? [] : [`--people ${people}`]),
    ...(only ? [`--only ${only.join(',')}`] : []),
    ...(twists ? [`--twists ${twists.join(',')}`] : []),
    `--at-a-time ${atATime}`,
  ].join(' ');

/** What came of it, for a person. */
export function resultLines(report: ChaosReport, command: string): string[] {
  const { cases, faults, loadSeconds, verdicts, holds } = report;
  return [
    `${cases} cases in ${minutes(loadSeconds)} (${(cases / loadSeconds).toFixed(2)} a second) under ${faults.length} faults`,
    '',
    'invariant  checked',
    ...verdicts.flatMap(verdictLines),
    '',
    holds ? 'every invariant holds' : 'an invariant is broken',
    `again: ${command}`,
  ];
}
