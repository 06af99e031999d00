// After `npm install` has changed package-lock.json: takes registry addresses out, and names the
// platform packages of esbuild and rollup that this npm leaves out, so that `npm ci` works everywhere.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
for (const p of Object.values(lock.packages)) delete p.resolved
for (const owner of ['esbuild', 'rollup']) {
  const { optionalDependencies } = JSON.parse(readFileSync(new URL(`../node_modules/${owner}/package.json`, import.meta.url), 'utf8'))
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const key = `node_modules/${name}`
    if (lock.packages[key]?.version) continue
    // "@rollup/rollup-linux-arm-musleabihf": system, processor, C library.
    const [os, chip, libc = ''] = name.replace(/^.*\/(rollup-)?/, '').split('-')
    lock.packages[key] = {
      version,
      cpu: [chip],
      dev: true,
      ...(libc.startsWith('musl') ? { libc: ['musl'] } : libc.startsWith('gnu') && os === 'linux' ? { libc: ['glibc'] } : {}),
      optional: true,
      os: [os],
    }
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n')
