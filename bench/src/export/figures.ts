/** Resident memory of one process while the export went through it, in MB. */
export interface Held {
  /** Just before, after a small export had warmed it up. */
  readonly before: number;
  readonly most: number;
  readonly grown: number;
}

export type Phase = 'locating' | 'exporting' | 'packaging';

export interface ExportFigures {
  readonly records: number;
  readonly files: number;
  /** Of the images, and of the package that was built from them. */
  readonly megabytes: number;
  readonly packageMegabytes: number;
  /** By process, over all phases. */
  readonly memoryMb: { readonly connector: Held; readonly cases: Held };
  readonly phases: Readonly<
    Record<Phase, { readonly seconds: number; readonly connectorMb: number; readonly casesMb: number }>
  >;
  /** Of the images, through connector and artifact store, and through the package. */
  readonly exportedMbPerSecond: number;
  readonly packagedMbPerSecond: number;
}

/** One look at the processes, in MB. */
export interface Sample {
  readonly at: number;
  readonly connector: number;
  readonly cases: number;
}

/** Ends of the phases, in the clock of the samples. */
export interface Moments {
  readonly asked: number;
  readonly located: number;
  readonly exported: number;
  readonly packaged: number;
}

const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

/** What the samples say about a process and the phases. @throws RangeError where there is no sample from before */
export function heldOver(samples: readonly Sample[], moments: Moments): Pick<ExportFigures, 'memoryMb' | 'phases'> {
  const before = samples.filter(({ at }) => at < moments.asked).at(-1);
  if (!before) throw new RangeError('memory was not looked at before the export');
  const within = (from: number, to: number) => samples.filter(({ at }) => at >= from && at <= to);
  const whole = within(moments.asked, moments.packaged);
  const held = (process: 'connector' | 'cases'): Held => {
    const peak = most([before[process], ...whole.map((sample) => sample[process])]);
    return { before: before[process], most: peak, grown: peak - before[process] };
  };
  const phase = (from: number, to: number) => ({
    seconds: (to - from) / 1000,
    connectorMb: most(within(from, to).map(({ connector }) => connector)),
    casesMb: most(within(from, to).map(({ cases }) => cases)),
  });
  return {
    memoryMb: { connector: held('connector'), cases: held('cases') },
    phases: {
      locating: phase(moments.asked, moments.located),
      exporting: phase(moments.located, moments.exported),
      packaging: phase(moments.exported, moments.packaged),
    },
  };
}
