/** Wrong words on the command line or in a setting: the message names them and says what is possible. Exit code 2. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
}
