import { createServer, type AddressInfo } from 'node:net';
import type { BreakPoint, Held } from './break-point.js';
import { BreakPoints } from './break-points.js';
import { Connection, type ProxyMode } from './connection.js';
import { PROTOCOLS } from './protocol.js';

export type { BreakPoint, Held, KafkaApi, KafkaPoint, MongoPoint, Side } from './break-point.js';
export type { ProxyMode } from './connection.js';

/** A TCP proxy between one service and one backing service, which does to the connections what networks do. */
export interface FaultProxy {
  /** Of 127.0.0.1, where the service connects. */
  readonly port: number;
  readonly mode: ProxyMode;
  /** Connections that are open now. */
  readonly connections: number;
  /** Names the server, by its port of 127.0.0.1. Until then every connection is reset. */
  aim(serverPort: number): void;
  /** What was connected during `half-open` has lost bytes, so it is reset when that mode ends. */
  set(mode: ProxyMode): void;
  resetAll(): void;
  /** Holds back the next message of a kind: the place for a fault between two steps. */
  holdNext(point: BreakPoint): Held;
  stop(): Promise<void>;
}

/** Starts a proxy on any free port. */
export async function startFaultProxy(protocol: keyof typeof PROTOCOLS, serverPort?: number): Promise<FaultProxy> {
  const points = new BreakPoints(PROTOCOLS[protocol]);
  const open = new Set<Connection>();
  let target = serverPort;
  let mode: ProxyMode = 'forward';
  const server = createServer((client) => {
    if (mode === 'reset' || target === undefined) {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const connection = new Connection(
      client,
      target,
      PROTOCOLS[protocol],
      points,
      () => mode,
      () => open.delete(connection),
    );
    open.add(connection);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port: 0, host: '127.0.0.1' }, resolve);
  });
  const resetAll = () => {
    for (const connection of open) connection.reset();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get mode() {
      return mode;
    },
    get connections() {
      return open.size;
    },
    aim(to) {
      target = to;
    },
    set(next) {
      const lostBytes = mode === 'half-open' && next !== 'half-open';
      mode = next;
      if (lostBytes || next === 'reset') resetAll();
    },
    resetAll,
    holdNext: (point) => points.holdNext(point),
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      resetAll();
      await closed;
    },
  };
}
