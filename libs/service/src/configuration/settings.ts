/** One setting: how its text is read. `parse` throws an `Error` whose message says what is expected (never the value itself). */
export interface Setting<T> {
  readonly description: string;
  /** Used when the variable is absent or empty; without it the setting is required. */
  readonly fallback?: T;
  parse(text: string): T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type Configuration<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** Every fault of the configuration in one message, each by the name of its setting. Exit code 78 (EX_CONFIG, sysexits.h). */
export class ConfigurationError extends Error {
  static readonly exitCode = 78;
  constructor(readonly faults: readonly { setting: string; fault: string }[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n` +
        faults.map(({ setting, fault }) => `  ${setting}: ${fault}`).join('\n'),
    );
    this.name = 'ConfigurationError';
  }
}

interface Common<T> {
  description: string;
  fallback?: T;
}

const setting = <T>(options: Common<T>, parse: (text: string) => T): Setting<T> => ({
  description: options.description,
  ...('fallback' in options && { fallback: options.fallback }),
  parse,
});
const refuse = (expected: string): never => {
  throw new Error(expected);
};

export const text = (options: Common<string> & { pattern?: RegExp; expected?: string }): Setting<string> =>
  setting(options, (value) =>
    !options.pattern || options.pattern.test(value)
      ? value
      : refuse(options.expected ?? `must match ${options.pattern.source}`),
  );

export const integer = (options: Common<number> & { min?: number; max?: number }): Setting<number> =>
  setting(options, (value) => {
    const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : refuse(`must be a whole number from ${min} to ${max}`);
  });

export const flag = (options: Common<boolean>): Setting<boolean> =>
  setting(options, (value) => (/^(true|false)$/.test(value) ? value === 'true' : refuse('must be true or false')));

export const url = (options: Common<string> & { schemes: readonly string[] }): Setting<string> =>
  setting(options, (value) => {
    const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : undefined;
    return scheme && options.schemes.includes(scheme)
      ? value
      : refuse(`must be a URL beginning with ${options.schemes.map((name) => `${name}://`).join(' or ')}`);
  });

/** Values separated by commas; blanks around them are dropped. */
export const list = (
  options: Common<readonly string[]> & { pattern: RegExp; expected: string },
): Setting<readonly string[]> =>
  setting(options, (value) => {
    const values = value.split(',').map((entry) => entry.trim());
    return values.every((entry) => options.pattern.test(entry)) ? values : refuse(options.expected);
  });

export const choice = <const T extends string>(options: Common<T> & { of: readonly T[] }): Setting<T> =>
  setting(
    options,
    (value) => options.of.find((allowed) => allowed === value) ?? refuse(`must be one of ${options.of.join(', ')}`),
  );

/** A JSON value, checked by `check`, which throws an `Error` naming the place and what is expected there. */
export const json = <T>(options: Common<T> & { check: (value: unknown) => T }): Setting<T> =>
  setting(options, (value) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      return refuse('must be JSON');
    }
    return options.check(parsed);
  });

/**
 * Reads all settings, or throws one `ConfigurationError` naming every fault. Absent and empty are the same, so that
 * `NAME=` in a file takes the default.
 */
export function readConfiguration<S extends Settings>(
  settings: S,
  environment: Readonly<Record<string, string | undefined>>,
): Configuration<S> {
  const faults: { setting: string; fault: string }[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(settings)) {
    const raw = environment[name]?.trim();
    if (!raw) {
      if ('fallback' in definition) values[name] = definition.fallback;
      else faults.push({ setting: name, fault: `is required: ${definition.description}` });
      continue;
    }
    try {
      values[name] = definition.parse(raw);
    } catch (error) {
      faults.push({ setting: name, fault: (error as Error).message });
    }
  }
  if (faults.length > 0) throw new ConfigurationError(faults);
  return Object.freeze(values) as Configuration<S>;
}
