// The image's health check: exit code 0 when this container answers 200 at the path that its argument names, at PORT.
import { get } from 'node:http';
import { text } from 'node:stream/consumers';

const unhealthy = (reason) => {
  console.error(reason);
  process.exitCode = 1;
};
const [path = '/health/ready'] = process.argv.slice(2);
const request = get({ host: '127.0.0.1', port: process.env.PORT, path, timeout: 4000 }, async (response) => {
  const answer = await text(response);
  if (response.statusCode !== 200) unhealthy(`${response.statusCode}: ${answer.slice(0, 500)}`);
});
request.on('timeout', () => request.destroy(new Error('no answer within 4 s')));
request.on('error', (error) => unhealthy(error.message));
