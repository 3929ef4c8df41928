import path from 'node:path';
import { prepareBroker } from './broker-process.js';
import type { Candidate } from './candidates.js';
import { classArchive } from './class-archive.js';
import { javaMajor, whereIs } from './executables.js';
import { install, isInstalled, type Installation } from './install.js';
import { keepRunning } from './keep-running.js';
import { choosePort } from './remembered.js';

const POM = path.resolve(import.meta.dirname, '../../broker/pom.xml');

/** Apache Kafka from Maven Central: 46 jars, 43 MB. */
export const BROKER: Installation = {
  folder: 'kafka-2.13-4.1.0',
  proof: 'libs/kafka_2.13-4.1.0.jar',
  what: 'Kafka 4.1.0 by Maven',
  command: (target) => ({
    command: 'mvn',
    args: ['-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${path.join(target, 'libs')}`],
  }),
  progress: () => {
    let downloaded = 0;
    let copied = 0;
    return (line) => {
      if (line.includes('Downloaded from')) downloaded += 1;
      else if (/Copying \S+ to /.test(line)) copied += 1;
      else return undefined;
      return copied > 0 ? `${copied} of 46 jars in place` : `${downloaded} files downloaded`;
    };
  },
};

export const localBroker: Candidate = {
  name: 'local broker by Maven',
  ownProcess: true,
  async probe({ cacheDir }) {
    const java = await javaMajor();
    if (java === undefined) return { usable: false, detail: 'no java on the PATH (17 or later is needed)' };
    if (java < 17) return { usable: false, detail: `java ${java} is too old (17 or later is needed)` };
    if (await isInstalled(cacheDir, BROKER)) return { usable: true, detail: `java ${java}, Kafka 4.1.0 in the cache` };
    if (!(await whereIs('mvn'))) return { usable: false, detail: 'no mvn on the PATH to fetch Kafka with' };
    return { usable: true, detail: `java ${java} and Maven; Kafka 4.1.0 is fetched at the first start (43 MB)` };
  },
  async start(context) {
    const home = await install(BROKER, context);
    const archive = await classArchive(home, context);
    const { address, listeners, launch, awaitUp } = await prepareBroker({
      home,
      dataDir: context.dataDir,
      port: await choosePort(context, 'KENRI_KAFKA_PORT'),
      jvmOptions: archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`],
      graceSeconds: 8,
      advertisedPorts: context.advertisedPorts,
    });
    const broker = launch();
    await awaitUp(broker);
    return { address, listeners, ...keepRunning(broker, launch, awaitUp, context) };
  },
};
