import { UnusableOption, parseStartOptions } from './options.js';

describe('the command line of npm start', () => {
  test('without options it fills 10,000 people, feeds samples and uses ports from 4000', () => {
    expect(parseStartOptions([], {})).toEqual({
      feed: true,
      people: 10_000,
      seed: 1,
      portBase: 4000,
      jsonLogs: false,
      help: false,
    });
  });

  test('every option is taken, and the command line wins over the environment', () => {
    const args = ['--no-feed', '--people', '50', '--seed', '7', '--port-base', '5000', '--json-logs'];
    expect(parseStartOptions(args, { KENRI_PORT_BASE: '6000' })).toMatchObject({
      feed: false,
      people: 50,
      seed: 7,
      portBase: 5000,
      jsonLogs: true,
    });
    expect(parseStartOptions([], { KENRI_PORT_BASE: '6000' }).portBase).toBe(6000);
  });

  test.each([
    [['--people', 'many'], {}, /--people many/],
    [['--people', '0'], {}, /--people 0/],
    [['--seed', '1.5'], {}, /--seed 1.5/],
    [['--port-base', '80'], {}, /--port-base 80/],
    [[], { KENRI_PORT_BASE: 'x' }, /KENRI_PORT_BASE x/],
    [['--no-fed'], {}, /--no-fed/],
    [['feed'], {}, /feed/],
  ])('%j with %j is refused by name', (args, env, message) => {
    expect(() => parseStartOptions(args, env)).toThrow(UnusableOption);
    expect(() => parseStartOptions(args, env)).toThrow(message);
  });
});
