import { SERVICES, type ServiceName } from './services.js';

const LEVELS: Record<number, [name: string, colour: number]> = {
  10: ['TRACE', 90],
  20: ['DEBUG', 90],
  30: ['INFO', 32],
  40: ['WARN', 33],
  50: ['ERROR', 31],
  60: ['FATAL', 31],
};
const SERVICE_COLOURS = [36, 35, 34, 94, 95, 96, 92] as const;
const colourOf = (service: ServiceName): number =>
  SERVICE_COLOURS[SERVICES.findIndex(({ name }) => name === service) % SERVICE_COLOURS.length] ?? 0;
const WIDTH = Math.max(...SERVICES.map(({ name }) => name.length));

/** What Nest says of itself while starting: of no use to somebody who watches the stack. */
const STARTUP_CHATTER = new Set(['InstanceLoader', 'RouterExplorer', 'RoutesResolver', 'NestFactory']);
const SHOWN_OTHERWISE = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'service',
  'msg',
  'context',
  'trace_id',
  'span_id',
  'v',
  'reqId',
]);
const OF_A_REQUEST = new Set(['req', 'res', 'responseTime', 'route']);

const paint = (colours: boolean, code: number, text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
const two = (number: number) => String(number).padStart(2, '0');
const clock = (time: Date) => [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');

/**
 * A service's log line (pino JSON) for a person: `intake │ 12:00:01 INFO …`. A line that is no JSON is shown as it is.
 * @returns `undefined` for a line not worth showing
 */
export function readableLine(service: ServiceName, line: string, colours: boolean): string | undefined {
  const prefix = `${paint(colours, colourOf(service), service.padEnd(WIDTH))} │`;
  const entry = parseEntry(line);
  if (!entry) return line.trim() === '' ? undefined : `${prefix} ${line}`;
  const { level, time, msg, context } = entry;
  if (level <= 30 && typeof context === 'string' && STARTUP_CHATTER.has(context)) return undefined;
  const [name, colour] = LEVELS[level] ?? [String(level), 0];
  const request = requestOf(entry);
  const details = Object.entries(entry)
    .filter(([key]) => !SHOWN_OTHERWISE.has(key) && !(request && OF_A_REQUEST.has(key)))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
  const said = typeof msg === 'string' ? msg : '';
  return `${prefix} ${clock(new Date(time))} ${paint(colours, colour, name.padEnd(5))} ${said}${request}${paint(colours, 90, details)}`;
}

/** What pino-http says of a request: ` GET /cases/:caseId 200 in 3 ms`; empty for any other entry. */
function requestOf({ req, res, responseTime, route }: Record<string, unknown>): string {
  const { method } = (req ?? {}) as { method?: string };
  const { statusCode } = (res ?? {}) as { statusCode?: number };
  return method && statusCode !== undefined
    ? ` ${method}${typeof route === 'string' ? ` ${route}` : ''} ${statusCode} in ${Number(responseTime)} ms`
    : '';
}

function parseEntry(line: string): ({ level: number; time: number } & Record<string, unknown>) | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const { level, time } = entry;
    return typeof level === 'number' && typeof time === 'number' ? { ...entry, level, time } : undefined;
  } catch {
    // Not JSON after all: shown as it is.
    return undefined;
  }
}
