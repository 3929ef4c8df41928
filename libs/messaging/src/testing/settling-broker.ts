import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Kafka protocol: API keys and error codes of what a broker answers while it settles. */
export const FIND_COORDINATOR = 10;
export const JOIN_GROUP = 11;
const METADATA = 3;
export const COORDINATOR_LOAD_IN_PROGRESS = 14;
export const COORDINATOR_NOT_AVAILABLE = 15;
export const GROUP_AUTHORIZATION_FAILED = 30;

/** A proxy before the real broker that changes the error code of its answers to one kind of request. */
export interface SettlingBroker {
  address: string;
  /** Answers to this API key carry this error from now on. */
  refuse(apiKey: number, errorCode: number): void;
  settle(): void;
  /** Answers changed so far. */
  refused(): number;
  close(): Promise<void>;
}

/** Frames of a stream of length-prefixed messages, each with its length. */
function framesOf(onFrame: (frame: Buffer) => void): (part: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (part) => {
    rest = Buffer.concat([rest, part]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      onFrame(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

export async function settlingBroker(broker: string): Promise<SettlingBroker> {
  const [host = '', port = ''] = broker.split(':');
  const sockets = new Set<Socket>();
  let refusal: { apiKey: number; errorCode: number } | undefined;
  let refused = 0;
  let own = 0;
  const advertised = Buffer.alloc(2 + host.length + 4);
  advertised.writeInt16BE(host.length, 0);
  advertised.write(host, 2);
  advertised.writeInt32BE(Number(port), 2 + host.length);

  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    const asked = new Map<number, number>();
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
    }
    client.on(
      'data',
      framesOf((frame) => {
        asked.set(frame.readInt32BE(8), frame.readInt16BE(4));
        upstream.write(frame);
      }),
    );
    upstream.on(
      'data',
      framesOf((frame) => {
        const apiKey = asked.get(frame.readInt32BE(4));
        asked.delete(frame.readInt32BE(4));
        // The client is to come back here, not to go to the broker behind.
        if (apiKey === METADATA || apiKey === FIND_COORDINATOR) {
          for (let at = frame.indexOf(advertised); at >= 0; at = frame.indexOf(advertised, at + 1)) {
            frame.writeInt32BE(own, at + advertised.length - 4);
          }
        }
        if (refusal && apiKey === refusal.apiKey) {
          // Length, correlation id, throttle time, error code (FindCoordinator since v1, JoinGroup since v2).
          frame.writeInt16BE(refusal.errorCode, 12);
          refused += 1;
        }
        client.write(frame);
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  own = (server.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${own}`,
    refuse: (apiKey, errorCode) => (refusal = { apiKey, errorCode }),
    settle: () => (refusal = undefined),
    refused: () => refused,
    close: () => {
      for (const socket of sockets) socket.resetAndDestroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
