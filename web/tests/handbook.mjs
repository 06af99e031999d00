// The handbook's calculator against the program: random bills through the page's own engine and through
// `yiheng settle`, to the fen; and the page itself in chromium, from a file, without a network.
//   node web/tests/handbook.mjs YIHENG HANDBOOK REGION SCHEME DAY BILLS [PAGE…]
import { createRequire } from 'node:module'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { check, end, random, same } from './tools.mjs'

const [yiheng, handbook, region, scheme, day, many, ...more] = process.argv.slice(2)
const html = readFileSync(handbook, 'utf8')
const between = (id) => new RegExp(`<script type="[^"]*" id="${id}">([^]*?)</script>`).exec(html)?.[1] ?? ''
const S = JSON.parse(between('sources'))
const trap = () => 52
const x = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(between('engine'), 'base64')), { wasi_snapshot_preview1: { fd_write: trap, fd_close: trap, fd_seek: trap } }).exports
x._initialize?.()
function call(f, v) {
  const b = new TextEncoder().encode(JSON.stringify(v))
  const at = x.yw_room(b.length)
  new Uint8Array(x.memory.buffer).set(b, at)
  const r = x[f](at, b.length)
  const u = new Uint8Array(x.memory.buffer)
  return JSON.parse(new TextDecoder().decode(u.subarray(r, u.indexOf(0, r))))
}
const P = call('yw_open', S)
check(!P.error, `it opens: ${P.error}`)
same(P.digest, S.digest, 'over the same pages as the plan it was made from')

// ---- random bills ----
const pick = random(20260301)
const kinds = (d) => P.kinds.filter((k) => k[0] === d).map((k) => k[1])
const any = (list) => list[pick(list.length)]
const plain = (f) => `${Math.floor(f / 100)}.${String(f % 100).padStart(2, '0')}`
function bill(id) {
  const row = any(S.rows)
  const most = [20000, 500000, 5000000, 60000000][pick(4)]
  const scope = pick(most)
  const parts = [pick(3) ? 0 : pick(most / 10), pick(3) ? 0 : pick(most / 10), pick(3) ? 0 : pick(most / 5)]
  const facts = { 就医类别: pick(4) ? row.visit_kind : any(kinds('就医类别')), 人员: pick(4) ? row.person_kind : any(kinds('人员')), 级别: row.level || any(kinds('级别')), 年龄: pick(95), 次数: 1 + pick(4), 参保月数: pick(240), 连续年数: pick(30), 住院天数: 1 + pick(90), 胎数: 1 }
  if (!facts.人员) facts.人员 = any(kinds('人员'))
  if (!pick(3)) Object.assign(facts, { 就医地: any(kinds('就医地')), 备案: any(kinds('备案')) })
  if (!pick(4)) facts.身份 = [any(kinds('身份'))]
  return { id: String(id), region, scheme, begin: day, facts, medfee_sumamt: plain(scope + parts[0] + parts[1] + parts[2]), fulamt_ownpay_amt: plain(parts[0]), overlmt_selfpay: plain(parts[1]), preselfpay_amt: plain(parts[2]), inscp_scp_amt: plain(scope) }
}
const bills = Array.from({ length: Number(many) }, (_, i) => bill(i))
const folder = mkdtempSync(join(tmpdir(), 'handbook-'))
const file = join(folder, 'bills.json')
writeFileSync(file, bills.map((b) => JSON.stringify(b)).join('\n') + '\n')
const run = spawnSync(yiheng, ['settle', file, ...more], { encoding: 'utf8', maxBuffer: 1 << 30 })
const native = run.stdout.trim().split('\n').map((l) => JSON.parse(l))
same(native.length, bills.length, `the program answers every bill ${run.stderr.slice(0, 300)}`)
const fen = (s) => Math.round(Number(s) * 100)
let paid = 0
let refused = 0
let differ = 0
for (const [i, b] of bills.entries()) {
  const here = call('yw_settle', b)
  const there = native[i]
  if (here.error || !there.setlinfo) {
    refused++
    if (!here.error !== !!there.setlinfo && differ++ < 5) check(false, `bill ${i}: ${here.error} / ${JSON.stringify(there).slice(0, 200)} ${JSON.stringify(b)}`)
    continue
  }
  const s = there.setlinfo
  const mine = [here.total, here.fund, here.person, here.hospital].join()
  const its = [s.medfee_sumamt, s.fund_pay_sumamt, s.psn_part_amt, s.hosp_part_amt].map(fen).join()
  if (mine !== its && differ++ < 5) check(false, `bill ${i}: ${mine}, the program ${its} ${JSON.stringify(b)}`)
  paid += here.fund > 0 ? 1 : 0
}
same(differ, 0, 'bills that differ')
check(paid > bills.length / 3 && refused < bills.length / 3, `${bills.length} bills: ${paid} paid something, ${refused} refused by both`)
console.log(`${bills.length} bills, ${paid} paid something, ${refused} refused by both, ${differ} differ`)
rmSync(folder, { recursive: true })

// ---- the page, from a file ----
const { open } = await import('../scripts/browser.mjs')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await open()
for (const dark of [false, true]) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 850 }, offline: true, colorScheme: dark ? 'dark' : 'light', locale: 'zh-CN' })
  const page = await context.newPage()
  const faults = []
  page.on('console', (m) => m.type() === 'error' && faults.push(m.text()))
  page.on('pageerror', (e) => faults.push(e.message))
  page.on('request', (r) => /^https?:/.test(r.url()) && faults.push(`fetches ${r.url()}`))
  await page.goto('file://' + resolve(handbook))
  await page.locator('form').waitFor()
  await page.fill('#scope', '22000')
  await page.keyboard.press('Enter')
  await page.locator('#result .big').waitFor()
  const told = await page.locator('#result').innerText()
  const want = call('yw_settle', await page.evaluate(() => window.yiheng.bill({ visit: document.getElementById('visit').value, person: document.getElementById('person').value, level: document.getElementById('level').value, place: document.getElementById('place').value, filing: document.getElementById('filing').value, ident: '', age: 40, nth: 1, scope: 2200000, first: 0, over: 0, outside: 0 })))
  check(told.includes((want.person / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2 })), `the page tells it: ${told.slice(0, 80)}`)
  await page.locator('#result a').first().click()
  check(await page.locator('article:target').isVisible(), 'an amount leads to its clause')
  await page.fill('#scope', 'abc')
  await page.locator('button').click()
  check((await page.locator('#result .bad').innerText()).match(/金额|an amount/), 'a slip is told')
  await page.evaluate(axe)
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }).then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 90)).join(' | ')}`)))
  check(!found.length, `axe, ${dark ? 'dark' : 'light'}: ${found.join('\n   ')}`)
  if (process.env.YH_SHOTS) await page.screenshot({ path: `${process.env.YH_SHOTS}/handbook${dark ? '-dark' : ''}.png` })
  await page.setViewportSize({ width: 320, height: 700 })
  check((await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth)) <= 0, '320 px wide')
  same(faults.length, 0, `no errors, nothing fetched: ${faults.join(' | ')}`)
  await context.close()
}
await browser.close()
await end(`handbook ${region} ${scheme}`)
