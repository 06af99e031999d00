// Is every page looked at?  The routes of both entries against the paths on which the parts let axe run.
//   node web/tests/covered.mjs FILE-OF-PATHS
import { readFileSync } from 'node:fs'
import { check, end } from './tools.mjs'

const source = (path) => readFileSync(new URL(`../src/${path}`, import.meta.url), 'utf8')
const routes = (text, root) => [...text.matchAll(/\{\s*path: '([^']+)', (?:component|name):/g)].map((m) => m[1]).map((p) => root + p.replace(/\\\\/g, '\\'))
const all = [...routes(source('citizen/router.ts'), ''), ...routes(source('desk/rooms.ts'), '/desk/'), ...routes(source('desk/main.ts'), '/desk')].filter((p) => p !== '/desk/') // which leads to the first room
const rule = (p) => {
  if (p.includes(':rest(')) return new RegExp('^' + p.replace(/:rest\(\.\*\)\*/, '.*') + '$')
  return new RegExp('^' + p.replace(/:\w+(\(([^)]*)\))?/g, (_, __, of) => of ?? '[^/]+') + '$')
}
// The most particular first: a word before a name, a name before the rest.
const order = (p) => (p.includes(':rest') ? (p.startsWith('/desk') ? 1000 : 2000) : (p.match(/:/g) ?? []).length * 10 - p.length / 100)
const list = all.map((p) => ({ p, re: rule(p), at: order(p), seen: 0 })).sort((a, b) => a.at - b.at)
for (const path of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
  const r = list.find((x) => x.re.test(path))
  if (r) r.seen++
}
check(list.length > 35, `${list.length} pages are known`)
for (const r of list) check(r.seen, `no part looks at ${r.p} (web/tests/parts, clean)`)
console.log(`${list.filter((r) => r.seen).length} of ${list.length} pages looked at in light and dark, ${list.reduce((n, r) => n + r.seen, 0)} states of them`)
await end()
