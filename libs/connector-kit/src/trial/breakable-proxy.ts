import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** How a server that cannot be used looks from outside: it resets connections, or accepts them and never answers (half-open). */
export type Breakage = 'resets' | 'silent';

/** A TCP proxy before a server that really runs. */
export interface BreakableProxy {
  readonly port: number;
  break(as: Breakage): void;
  mend(): void;
  close(): Promise<void>;
}

export async function breakableProxy(host: string, port: number): Promise<BreakableProxy> {
  const sockets = new Set<Socket>();
  let state: 'whole' | Breakage = 'whole';
  const server = createServer((client) => {
    if (state === 'resets') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(port, host);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      // What comes while the server is silent is lost: its connections are dead when it is back.
      socket.on('data', (bytes: Buffer) => state === 'whole' && other.write(bytes));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reset = () => sockets.forEach((socket) => socket.resetAndDestroy());
  return {
    port: (server.address() as AddressInfo).port,
    break: (as) => {
      state = as;
      if (as === 'resets') reset();
    },
    mend: () => {
      reset();
      state = 'whole';
    },
    close: () => {
      reset();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
