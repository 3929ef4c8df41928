import { startIdentityProvider } from '../identity/index.js';
import { messageOf } from '../processes/error-code.js';
import { wholeNumber } from '../stack/options.js';

/** The container `identity` of docker-compose.yml, for trial only: whoever asks is signed in. Its settings are checked here. */
function settings(env: NodeJS.ProcessEnv) {
  const needed = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is required`);
    return value;
  };
  const issuer = needed('KENRI_OIDC_ISSUER');
  if (!URL.canParse(issuer)) throw new Error('KENRI_OIDC_ISSUER must be a URL');
  return {
    host: needed('HOST'),
    port: wholeNumber('PORT', needed('PORT'), 1, 65_535),
    issuer,
    dataDir: needed('KENRI_IDENTITY_DIR'),
  };
}

function settingsOrExit() {
  try {
    return settings(process.env);
  } catch (error) {
    console.error(`identity: ${messageOf(error)}`);
    process.exit(2);
  }
}

const provider = await startIdentityProvider(settingsOrExit());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void provider.stop());
console.log(`identity: FOR TRIAL ONLY, signs in anybody as anybody; issuer ${provider.issuer}`);
