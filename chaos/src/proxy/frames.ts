/** Cuts a stream of bytes into messages; both protocols put the length first. */
export class Frames {
  private waiting: Buffer[] = [];
  private held = 0;

  /** @param lengthOf whole length of the message in bytes, read from its first four */
  constructor(private readonly lengthOf: (head: Buffer) => number) {}

  /** The messages that are whole now; what is left waits for more bytes. */
  push(bytes: Buffer): Buffer[] {
    this.waiting.push(bytes);
    this.held += bytes.length;
    const whole: Buffer[] = [];
    for (;;) {
      if (this.held < 4) return whole;
      if ((this.waiting[0] as Buffer).length < 4) this.waiting = [Buffer.concat(this.waiting)];
      const length = this.lengthOf(this.waiting[0] as Buffer);
      if (length < 4) throw new Error(`a message of ${length} bytes: not this protocol`);
      if (this.held < length) return whole;
      const all = this.waiting.length === 1 ? (this.waiting[0] as Buffer) : Buffer.concat(this.waiting);
      whole.push(all.subarray(0, length));
      this.waiting = all.length > length ? [all.subarray(length)] : [];
      this.held -= length;
    }
  }
}
