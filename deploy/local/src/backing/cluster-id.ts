import { randomBytes } from 'node:crypto';

/**
 * A cluster's id as Kafka's own tool draws it: 16 random bytes in base64url that do not begin with `-`, which every tool that takes
 * the id as an argument would read as an option. `draw` gives the 16 bytes.
 */
export function clusterId(draw: () => Buffer = () => randomBytes(16)): string {
  for (;;) {
    const id = draw().toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
