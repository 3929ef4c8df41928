import { toWaves } from './waves.js';

const batched = (type: string) => type === 'dsr.records.located.v1';
const message = (
  key: string,
  type: 'dsr.records.located.v1' | 'dsr.plan.executed.v1' | 'dsr.plan.refused.v1',
  n: number,
) => ({ key, type, n });
const shape = (messages: ReturnType<typeof message>[]) =>
  toWaves(messages, batched).map((wave) => wave.map((group) => group.messages.map(({ key, n }) => `${key}${n}`)));

it('messages of one batched type form one group in order', () => {
  expect(
    shape([
      message('a', 'dsr.records.located.v1', 1),
      message('b', 'dsr.records.located.v1', 2),
      message('a', 'dsr.records.located.v1', 3),
    ]),
  ).toEqual([[['a1', 'b2', 'a3']]]);
});

it('a later message of the same key and another type waits for the wave of the earlier one', () => {
  expect(
    shape([
      message('a', 'dsr.records.located.v1', 1),
      message('a', 'dsr.plan.executed.v1', 2),
      message('b', 'dsr.plan.executed.v1', 3),
      message('a', 'dsr.records.located.v1', 4),
    ]),
  ).toEqual([[['a1'], ['b3']], [['a2']], [['a4']]]);
});

it('two messages of one key never share a wave where the handler takes one at a time', () => {
  expect(
    shape([
      message('a', 'dsr.plan.executed.v1', 1),
      message('a', 'dsr.plan.executed.v1', 2),
      message('b', 'dsr.plan.executed.v1', 3),
    ]),
  ).toEqual([[['a1', 'b3']], [['a2']]]);
});
