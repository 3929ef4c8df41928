import { BSON } from 'mongodb';
import { KAFKA_APIS, type BreakPoint, type KafkaPoint, type MongoPoint } from './break-point.js';

/** What a proxy must understand of what passes through it. */
export interface Protocol {
  lengthOf: (head: Buffer) => number;
  /** Number by which the reply is matched to the request. */
  requestId: (request: Buffer) => number;
  repliesTo: (reply: Buffer) => number;
  /** Whether a request is what a break point names. */
  matches: (request: Buffer, point: BreakPoint) => boolean;
}

const isHolding = (message: Buffer, { holding = [] }: BreakPoint) => holding.every((text) => message.includes(text));

/**
 * Header: length, request id, response to, operation; then OP_MSG (2013): flags and sections, of which kind 0 is the command.
 * https://github.com/mongodb/specifications/blob/master/source/message/OP_MSG.md
 */
export const mongodb: Protocol = {
  lengthOf: (head) => head.readInt32LE(0),
  requestId: (request) => request.readInt32LE(4),
  repliesTo: (reply) => reply.readInt32LE(8),
  matches: (request, point) => 'command' in point && isHolding(request, point) && isCommand(request, point),
};

const OP_MSG = 2013;

function isCommand(request: Buffer, { command, collection, database }: MongoPoint): boolean {
  if (request.readInt32LE(12) !== OP_MSG) return false;
  const body = bodyOf(request);
  // The command is the first element: type, name, value. Looked at before the whole is read, which is dearer.
  if (!body || !body.subarray(5, 5 + command.length + 1).equals(Buffer.from(`${command}\0`))) return false;
  const read = BSON.deserialize(body);
  const named = typeof read[command] === 'string' ? read[command] : (read['collection'] as unknown);
  return (collection === undefined || named === collection) && (database === undefined || read['$db'] === database);
}

function bodyOf(message: Buffer): Buffer | undefined {
  for (let at = 20; at < message.length - 4;) {
    const kind = message.readUInt8(at);
    const size = message.readInt32LE(at + 1);
    if (kind === 0) return message.subarray(at + 1, at + 1 + size);
    if (kind !== 1) return undefined;
    at += 1 + size;
  }
  return undefined;
}

/** Header of a request: length, API key, version, correlation id; of a reply: length, correlation id. */
export const kafka: Protocol = {
  lengthOf: (head) => 4 + head.readInt32BE(0),
  requestId: (request) => request.readInt32BE(8),
  repliesTo: (reply) => reply.readInt32BE(4),
  matches: (request, point) => 'api' in point && isHolding(request, point) && isCall(request, point),
};

function isCall(request: Buffer, { api, topic }: KafkaPoint): boolean {
  if (request.readInt16BE(4) !== KAFKA_APIS[api]) return false;
  if (topic === undefined) return true;
  // A topic's name is a string with its length in front, in every version that kafkajs speaks.
  const name = Buffer.from(topic);
  const length = Buffer.alloc(2);
  length.writeInt16BE(name.length);
  return request.includes(Buffer.concat([length, name]));
}

export const PROTOCOLS = { mongodb, kafka };
