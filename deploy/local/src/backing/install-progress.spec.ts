import { BROKER } from './local-broker.js';
import { LOCAL_SERVER } from './mongodb-local.js';

describe('progress of what is fetched once per machine', () => {
  test('of Maven, downloads are counted, then the jars put in place', () => {
    const read = BROKER.progress();
    expect(read('[INFO] Scanning for projects...')).toBeUndefined();
    expect(read('[INFO] Downloaded from central: https://x/y.pom (1 kB at 1 kB/s)')).toBe('1 files downloaded');
    expect(read('[INFO] Downloaded from central: https://x/z.jar (1 kB at 1 kB/s)')).toBe('2 files downloaded');
    expect(read('[INFO] Copying scala-library-2.13.16.jar to /cache/libs/scala-library-2.13.16.jar')).toBe(
      '1 of 46 jars in place',
    );
  });

  test('of cargo, downloads are counted, then the crates compiled', () => {
    const read = LOCAL_SERVER.progress();
    expect(read('    Updating crates.io index')).toBeUndefined();
    expect(read('  Downloaded generic-array v0.14.7')).toBe('1 crates downloaded');
    expect(read('   Compiling libc v0.2.170')).toBe('1 crates compiled, now libc; some 4 minutes in all');
    expect(read('   Compiling bson v2.0.0')).toMatch(/^2 crates compiled, now bson/);
  });
});
