/** Throws when run by a Node too old: `npm run` finds the right one in node_modules, a bare `node` may not. */
export function requireSupportedNode(version: string = process.versions.node): void {
  if (Number(version.split('.')[0]) < 24) {
    throw new Error(
      `Node ${version} is too old: run it by npm (npm ci && npm start), which uses the Node 24 among the dependencies`,
    );
  }
}
