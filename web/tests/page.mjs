// What the parts that look at pages share: a server of their own, Debian's chromium, visitors, axe.
//   import { base, check, clean, end, go, text, visitor } from '../page.mjs'
// A part stands alone in web/tests/parts/; tests/web.sh NAME runs it.  Nothing here sleeps: what is waited for
// is said.  Where a check fails or a part breaks off, every open page's picture and HTML are kept.
import { createRequire } from 'node:module'
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { open, signIn } from '../scripts/browser.mjs'
import { check, Client, end as over, finally_, onFailure, part, PASSWORD, PATIENCE, pause, Server, until } from './tools.mjs'

export * from './tools.mjs'
/** 测试丙, resident of low income; demo-bing.  Office 990121. */
export const BING = '99010100000000000000000003'
/** 测试甲, employee with an account; demo-jia.  Office 990101. */
export const JIA = '99010100000000000000000001'

export const server = await new Server().start()
export const { base, data } = server
export const browser = await open()
finally_(() => browser.close())

// ---- visitors ----

const pages = new Map() // page -> what it still waits for
const faults = []
let injected = 0 // while a test makes answers fail, the browser's word about them is no fault
function watched(page) {
  const asked = new Set()
  pages.set(page, asked)
  page.on('request', (r) => /\/icon\.svg$/.test(r.url()) || asked.add(r)) // of its icon a browser does not tell the end
  page.on('requestfinished', (r) => asked.delete(r))
  page.on('requestfailed', (r) => asked.delete(r))
  page.on('close', () => pages.delete(page))
  page.on('console', (m) => m.type() === 'error' && !/status of 4\d\d/.test(m.text()) && !(injected && /status of 503|ERR_FAILED/.test(m.text())) && faults.push(m.text()))
  page.on('pageerror', (e) => faults.push(e.message))
  page.setDefaultTimeout(PATIENCE)
  return page
}
/** One who calls the API, signed in. */
export async function client(user) {
  const c = new Client(base)
  if (user) check((await c.signIn(user)).status === 200, `${user} signs in`)
  return c
}
/** A browser's page of its own, signed in (by the form with `form`), not yet anywhere; '' is nobody. */
export async function visitor(user, { form = false, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, reducedMotion: 'reduce', locale: 'zh-CN', ...options })
  const page = watched(await context.newPage())
  if (user && form) await signIn(page, base, user, PASSWORD, /bing|jia/.test(user) ? '/sign-in' : '/desk/sign-in')
  else if (user) {
    const [name, value] = (await client(user)).cookie.split('=')
    await context.addCookies([{ name, value, url: base, httpOnly: true, secure: false, sameSite: 'Strict' }])
  }
  return page
}

// ---- waiting ----

const drawn = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(!!document.querySelector('main') && !document.querySelector('.skeleton, .el-skeleton'))))))
/** Until everything that was asked for is there and drawn. */
export async function settled(page) {
  const asked = pages.get(page)
  const from = performance.now()
  for (let quiet = 0; quiet < 3;) {
    quiet = !asked.size && (await drawn(page).catch(() => false)) && !asked.size ? quiet + 1 : 0
    if (performance.now() - from > PATIENCE) throw new Error(`${page.url()} does not come to rest: ${[...asked].map((r) => r.url())}`)
    await pause(10)
  }
}
export async function go(page, path) {
  pages.get(page).clear() // what the last page still waited for is nobody's
  await page.goto(path.startsWith('/') ? base + path : path)
  await settled(page)
}
/** The first of what matches, as it reads. */
export const text = (page, selector) => page.locator(selector).first().innerText()
/** Does it come to say so? */
export const says = (page, selector, words) => page.locator(selector).filter({ hasText: words }).first().waitFor().then(() => true, () => false)
/** Fen of what a page shows as yuan. */
export const amount = (s) => Math.round(Number(s.replace(/[^\d.−-]/g, '').replace('−', '-')) * 100)
/** Chooses in a list that opens, having typed the words where it lets one search. */
export async function pick(page, selector, words) {
  const field = page.locator(selector)
  await page.locator('.el-select', { has: field }).click()
  if (await field.isEditable()) await page.keyboard.type(words)
  await page.getByRole('option', { name: words }).first().click()
}

// ---- the keyboard ----

/** Tabs to what has this id, or whose name begins so (or is it, by a RegExp): true where the focus shows, null where it is not reached. */
export async function tabTo(page, what, most = 250) {
  for (let i = 0; i < most; i++) {
    const at = await page.evaluate(() => {
      const e = document.activeElement
      const style = getComputedStyle(e)
      const box = e.closest('.el-select__wrapper, .el-input__wrapper, .el-textarea__inner')
      return {
        id: e.id,
        name: (e.getAttribute('aria-label') ?? (e.labels?.[0]?.innerText || e.innerText) ?? '').replace(/\s+/g, ' ').trim(),
        ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || (box && getComputedStyle(box).boxShadow !== 'none'),
      }
    })
    if (typeof what === 'string' ? at.id === what || at.name.startsWith(what) : what.test(at.name)) return !!at.ring
    await page.keyboard.press('Tab')
  }
  return null
}

// ---- clean: axe, nothing over the edge ----

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const violations = (page) =>
  page.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run(document, { runOnly, resultTypes: ['violations'] })
    return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target + ' ' + n.html.slice(0, 90) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)
  }, RULES)
const wear = (page, mode) => page.evaluate((m) => { for (const c of ['dark', 'elder']) document.documentElement.classList.toggle(c, m.includes(c)) }, mode)
async function fits(page, what) {
  // What is drawn anew when the window changes takes a moment: it is waited for, not longer than a person would.
  await drawn(page)
  let over
  const good = await until(async () => (over = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth)) <= 0, 3000)
  check(good, `${what}: ${over} px over the edge`)
}
/** A day or an amount in a table stays in one line. */
export async function whole(page, what, widths = [1440, 390]) {
  const was = page.viewportSize()
  for (const width of widths) {
    await page.setViewportSize({ width, height: 780 })
    await drawn(page)
    const broken = await page.evaluate(() => [...document.querySelectorAll('td, th')].flatMap((cell) => {
      const out = []
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
      while (walker.nextNode()) {
        for (const m of walker.currentNode.textContent.matchAll(/\d{4}-\d{2}-\d{2}|[\d,]+\.\d{2}\b/g)) {
          const range = document.createRange()
          range.setStart(walker.currentNode, m.index)
          range.setEnd(walker.currentNode, m.index + m[0].length)
          if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) out.push(m[0])
        }
      }
      return out
    }))
    check(!broken.length, `${what}, ${width} px: broken in two: ${broken.slice(0, 5)} (${broken.length})`)
  }
  await page.setViewportSize(was)
}
const shots = process.env.YH_SHOTS
/** A picture for who looks at the pages while building them: only with YH_SHOTS=FOLDER. */
export async function shot(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${part}-${name.replace(/[^\w\u4e00-\u9fff]+/g, '-')}.png`, fullPage: true })
}
/**
 * Light and dark (and the elder edition in both, where `elder`): axe finds nothing.  At each of `widths` nothing runs
 * over the edge; 320 is a window of 1280 at 400 %.
 */
export async function clean(page, what, { elder = false, widths = [] } = {}) {
  if (!(await page.evaluate(() => !!window.axe))) await page.evaluate(axe)
  const was = page.viewportSize()
  for (const mode of ['', 'dark', ...(elder ? ['elder', 'elder dark'] : [])]) {
    await wear(page, mode)
    const found = await violations(page)
    check(!found.length, `axe, ${what}, ${mode || 'light'}: ${found.join('\n    ')}`)
    if (mode.startsWith('elder')) await large(page, `${what}, ${mode}`)
    await shot(page, `${what} ${mode}`)
    if (mode === 'dark' && !elder) continue // the same boxes in other colours
    for (const width of mode === 'elder dark' ? [] : widths) {
      await page.setViewportSize({ width, height: 780 })
      await fits(page, `${what}, ${mode || 'light'}, ${width} px`)
      await shot(page, `${what} ${mode} ${width}`)
    }
    await page.setViewportSize(was)
  }
  await wear(page, '')
  if (process.env.YH_LOOKED) appendFileSync(process.env.YH_LOOKED, new URL(page.url()).pathname + '\n')
}
/** Targets of at least 55 px, for fingers that shake. */
export async function large(page, what, within = 'main') {
  const small = await page.evaluate((w) => [...document.querySelectorAll(['button', '.button', 'input:not([type=checkbox]):not([type=radio])', 'select'].map((s) => `${w} ${s}`).join())].filter((e) => e.offsetParent && e.getBoundingClientRect().height < 55).map((e) => (e.innerText || e.id).slice(0, 12)), within)
  check(!small.length, `${what}: targets of at least 55 px (${small})`)
}
/** At these widths nothing runs over the edge. */
export async function narrow(page, what, widths = [390, 320]) {
  const was = page.viewportSize()
  for (const width of widths) {
    await page.setViewportSize({ width, height: 780 })
    await fits(page, `${what} at ${width} px`)
  }
  await page.setViewportSize(was)
}
/** A page whose answers fail says so and offers to try again. */
export async function troubles(page, path, route, heading) {
  injected++
  await page.route(route, (r) => r.fulfill({ status: 503, contentType: 'application/json', body: '{"error":{"code":"retry","message":"系统繁忙，请稍后再试","field":""}}' }))
  await page.goto(base + path)
  await page.locator('.fault').first().waitFor()
  check((await text(page, '.fault')).includes('系统繁忙'), `${path}: an error is told`)
  check(await page.getByRole('button', { name: '再试一次' }).count(), `${path}: and can be tried again`)
  await page.unroute(route)
  await page.getByRole('button', { name: '再试一次' }).first().click()
  await page.getByRole('heading', { name: heading }).first().waitFor()
  injected--
}

// ---- the end ----

const kept = new URL('../../build/check/web/', import.meta.url)
mkdirSync(kept, { recursive: true })
for (const n of Array.from({ length: 20 }, (_, i) => i + 1)) for (const kind of ['png', 'html']) rmSync(new URL(`${part}-${n}.${kind}`, kept), { force: true })
let n = 0
onFailure(async () => {
  for (const page of pages.keys()) {
    if (n >= 20) return
    const file = new URL(`${part}-${++n}`, kept)
    const said = await Promise.all([page.content(), page.evaluate(() => document.querySelector('main')?.innerText ?? ''), page.screenshot({ path: fileURLToPath(file) + '.png', timeout: 5000 })]).catch((e) => [e.message, e.message])
    writeFileSync(fileURLToPath(file) + '.html', said[0])
    console.log(`  seen at ${page.url()}: ${said[1].replace(/\s+/g, ' ').slice(0, 400)}\n  kept as ${fileURLToPath(file)}.png and .html`)
  }
})
export async function end() {
  check(!faults.length, `nothing in the browser's console: ${[...new Set(faults)].slice(0, 5).join(' | ')}`)
  await over()
}
