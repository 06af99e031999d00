// Bundle sizes, printed and held: gzip of what a visitor's browser fetches.
import { existsSync, readFileSync } from 'node:fs'
import { check, end } from '../tools.mjs'

const dist = new URL('../../dist/', import.meta.url)
const size = (path) => readFileSync(new URL(path + (existsSync(new URL(path + '.gz', dist)) ? '.gz' : ''), dist)).length
const text = (path) => readFileSync(new URL(path, dist), 'utf8')
const refs = (html) => [...text(html).matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1])
// Everything that a script can come to fetch: imports, lazy chunks and their style sheets.
function reach(start) {
  const seen = new Set()
  const walk = (path) => {
    if (seen.has(path)) return
    seen.add(path)
    if (path.endsWith('.js')) for (const m of text(path).matchAll(/["'](?:\.\/|\/?assets\/)([\w.-]+\.(?:js|css))["']/g)) walk('assets/' + m[1])
  }
  start.forEach(walk)
  return [...seen]
}
const sum = (list) => list.reduce((s, p) => s + size(p), 0)
const first = refs('index.html')
const shell = text('index.html').length + first.filter((p) => p.endsWith('.css')).reduce((s, p) => s + text(p).length, 0)
const citizen = reach(first)
const desk = refs('desk.html')
console.log(`citizen shell (HTML + CSS, not packed): ${shell} bytes`)
console.log(`citizen start: ${size('index.html') + sum(first)} bytes gzip; every citizen page together: ${size('index.html') + sum(citizen)} bytes gzip`)
console.log(`desk start: ${size('desk.html') + sum(desk)} bytes gzip; every room together: ${size('desk.html') + sum(reach(desk))} bytes gzip`)
check(shell <= 14 * 1024, 'the citizen’s shell is at most 14 KB')
check(size('index.html') + sum(citizen) < 120 * 1024, 'all of the citizen’s pages are under 120 KB gzip')
check(!citizen.some((p) => /el-button|zrender/.test(text(p))), 'the citizen’s pages carry no component library')
check(size('desk.html') + sum(desk) < 180 * 1024, 'the desk starts under 180 KB gzip')
// Nothing is fetched from elsewhere, nothing stands inline, nothing secret is in the bundle.
for (const html of ['index.html', 'desk.html']) {
  check(!/<script(?![^>]*\bsrc=)[^>]*>/.test(text(html)) && !/\son\w+=/.test(text(html)), `${html}: no inline script`)
  check(![...text(html).matchAll(/(?:src|href)="([^"]+)"/g)].some((m) => /^(https?:)?\/\//.test(m[1])), `${html}: nothing from elsewhere`)
}
for (const p of new Set([...citizen, ...reach(desk)]))
  check(!/url\(["']?(https?:)?\/\//.test(text(p)) && !/BEGIN [A-Z ]*PRIVATE KEY/.test(text(p)), `${p}: nothing from elsewhere`)
await end()
