/** One way in which the platform did not do as it ought to, with the smallest input that shows it. */
export interface Finding {
  area: 'http' | 'messages' | 'platform';
  /** The operation, or the topic and kind of message. */
  where: string;
  rule: string;
  detail: string;
  counterexample: string;
  /** With which the round began. */
  seed: number;
}

/** Kept once per place and rule: the rest of a run looks for others. */
export class Findings {
  readonly all: Finding[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly say: (line: string) => void) {}

  isKnown(where: string, rule: string): boolean {
    return this.known.has(`${where}\n${rule}`);
  }

  add(finding: Finding): void {
    if (this.isKnown(finding.where, finding.rule)) return;
    this.known.add(`${finding.where}\n${finding.rule}`);
    this.all.push(finding);
    this.say(`FOUND  ${finding.where}: ${finding.rule} (${finding.detail})`);
  }
}

/** A seed for a part of a run, so that one part is the same whatever else runs. FNV-1a, 32 bits. */
export function seedOf(seed: number, part: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const byte of Buffer.from(part)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}
