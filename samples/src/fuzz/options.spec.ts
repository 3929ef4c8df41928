import { parseFuzzOptions } from './options.js';

const SERVICES = ['intake', 'cases', 'connector-auto'];
const parse = (...args: string[]) => parseFuzzOptions(args, SERVICES);

describe('options of the fuzz', () => {
  it('are two minutes over everything, with a seed of its own, where nothing is said', () => {
    expect(parse()).toMatchObject({
      limit: { seconds: 120 },
      areas: ['http', 'messages'],
      services: undefined,
      people: 200,
    });
  });

  it('name areas, services and one operation', () => {
    expect(
      parse('--runs', '7', '--seed', '3', '--only', 'http', '--service', 'intake,cases', '--operation', 'POST /x'),
    ).toMatchObject({
      limit: { runs: 7 },
      seed: 3,
      areas: ['http'],
      services: ['intake', 'cases'],
      operation: 'POST /x',
    });
  });

  it.each([
    [['--seconds', '9'], '--seconds 9: give a whole number from 10 to 86400'],
    [['--seconds', 'soon'], '--seconds soon: give a whole number'],
    [['--runs', '0'], '--runs 0: give a whole number from 1'],
    [['--seconds', '60', '--runs', '5'], '--seconds and --runs: give one of them'],
    [['--seed', '-1'], '--seed'],
    [['--seed', '1.5'], '--seed 1.5'],
    [['--only', 'mail'], '--only mail: mail is not among http, messages'],
    [['--only', ''], 'nothing is not among'],
    [['--service', 'ships'], 'ships is not among intake, cases, connector-auto'],
    [['--only', 'messages', '--operation', 'POST'], '--operation'],
    [['--loud'], '--loud'],
  ])('refuse %j and say why', (args, said) => {
    expect(() => parseFuzzOptions(args, SERVICES)).toThrow(said);
  });
});
