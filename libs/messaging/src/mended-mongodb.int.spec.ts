import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { MongoNetworkError } from 'mongodb';
import './mended-mongodb.js';

/** The driver's own method, on a connection that is nothing but a socket. */
const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection') as {
  Connection: { prototype: object };
};
const write = (socket: Socket, bytes: number, errors: unknown[] = []): Promise<void> => {
  const connection = Object.assign(Object.create(Connection.prototype) as Record<string, unknown>, {
    socket,
    onError: (error: unknown) => errors.push(error),
  });
  const command = { toBin: () => Promise.resolve([Buffer.alloc(bytes)]) };
  return (connection['writeCommand'] as (...asked: unknown[]) => Promise<void>)(command, { agreedCompressor: 'none' });
};

describe('writing a command to MongoDB', () => {
  let server: Server;
  let accepted: Socket[];
  let socket: Socket;
  beforeEach(async () => {
    accepted = [];
    // Takes nothing from its socket until it is told to.
    server = createServer({ pauseOnConnect: true }, (peer) => {
      peer.on('error', () => undefined);
      accepted.push(peer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
  });
  afterEach(async () => {
    socket.destroy();
    for (const peer of accepted) peer.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('ends, and leaves nothing behind, where the socket takes it', async () => {
    const listening = () => socket.listenerCount('close');
    const before = listening();
    await write(socket, 100);
    expect(listening()).toBe(before);
  });

  it('fails at once on a socket that is closed already', async () => {
    socket.destroy();
    await once(socket, 'close');
    const errors: unknown[] = [];
    await expect(write(socket, 100, errors)).rejects.toBeInstanceOf(MongoNetworkError);
    expect(errors).toHaveLength(1);
  });

  it('fails where the socket is closed without an error while it waits to be taken', async () => {
    const written = write(socket, 64 * 1024 * 1024);
    const outcome = expect(written).rejects.toBeInstanceOf(MongoNetworkError);
    setTimeout(() => socket.destroy(), 100);
    await outcome;
  });
});
