import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { MongoNetworkError } from 'mongodb';

// The MongoDB driver (7.8.0) waits for `drain` where a socket does not take a command at once. A socket that has been closed emits nothing
// any more, so that the operation never ended, and whoever awaited it neither: a connector whose database was killed just then consumed
// nothing from then on (found by the crash tests). Here a write ends, at the latest, when its socket is closed.

interface Connection {
  socket: Socket;
  onError(error: unknown): void;
  writeCommand(...asked: unknown[]): Promise<void>;
}

const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection') as {
  Connection: { prototype: Connection };
};
const { prototype } = Connection;
const write = Object.getOwnPropertyDescriptor(prototype, 'writeCommand')?.value as
  Connection['writeCommand'] | undefined;
if (!write) throw new Error('the MongoDB driver writes commands in another way now: see whether this is still needed');
prototype.writeCommand = async function writeUntilClosed(...asked) {
  const { socket } = this;
  const closed = Promise.withResolvers<never>();
  const onClose = () => {
    const error = new MongoNetworkError('connection closed while a command was written');
    this.onError(error);
    closed.reject(error);
  };
  if (socket.destroyed) onClose();
  else socket.once('close', onClose);
  try {
    await Promise.race([write.apply(this, asked), closed.promise]);
  } finally {
    socket.off('close', onClose);
  }
};
