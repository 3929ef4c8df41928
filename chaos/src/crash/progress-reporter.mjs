/** Tells of each rule as it is tried and proved: a run takes half an hour, and Jest's own reporter speaks at a file's end only. */
export default class ProgressReporter {
  #began = Date.now();
  #ended = 0;

  onTestFileStart({ path }) {
    this.#say(`${path.split('/').at(-1)}: starting a platform of its own`);
  }

  onTestCaseStart(_test, { fullName }) {
    this.#say(`… ${fullName}`);
  }

  onTestCaseResult(_test, { fullName, status, duration, failureMessages }) {
    if (status === 'pending') return;
    this.#ended += 1;
    this.#say(
      `${status === 'passed' ? '✓' : '✗'} ${this.#ended}: ${fullName}${duration ? ` (${(duration / 1000).toFixed(0)} s)` : ''}`,
    );
    for (const message of failureMessages) this.#say(message);
  }

  #say(text) {
    process.stdout.write(`${((Date.now() - this.#began) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
  }
}
