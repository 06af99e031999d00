// 我的医保 beyond the bill, in Debian's chromium: reports, the funds, family, credential, filings.
//   node web/tests/citizen.mjs URL      (a sandbox after the demonstration)
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { open, signIn } from '../scripts/browser.mjs'
import { check, Client, end, PASSWORD, same } from './tools.mjs'

const base = process.argv[2]
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await open()
const faults = []
async function visitor(user, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, reducedMotion: 'reduce', locale: 'zh-CN', ...options })
  const page = await context.newPage()
  page.on('console', (m) => m.type() === 'error' && !/status of 4\d\d/.test(m.text()) && faults.push(m.text()))
  page.on('pageerror', (e) => faults.push(e.message))
  page.setDefaultTimeout(15000)
  if (user) await signIn(page, base, user, PASSWORD, '/sign-in')
  return page
}
async function go(page, path) {
  await page.goto(base + path)
  await page.waitForLoadState('networkidle')
}
const text = (page, selector) => page.locator(selector).first().innerText()
const shots = process.env.YH_SHOTS
async function picture(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}
const violations = (page) => page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }).then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target + ' ' + n.html.slice(0, 90) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)))
// Light, dark, the elder edition in both, 320 px wide (1280 at 400 %): clean, nothing over the edge.
async function clean(page, what) {
  await page.evaluate(axe)
  const was = page.viewportSize()
  for (const mode of ['', 'dark', 'elder', 'elder dark']) {
    await page.evaluate((m) => { for (const c of ['dark', 'elder']) document.documentElement.classList.toggle(c, m.includes(c)) }, mode)
    const found = await violations(page)
    check(!found.length, `axe, ${what}, ${mode || 'light'}: ${found.join('\n    ')}`)
    if (mode.startsWith('elder')) {
      const small = await page.evaluate(() => [...document.querySelectorAll('main button, main .button, main input:not([type=checkbox]):not([type=radio]), main select')].filter((e) => e.offsetParent && e.getBoundingClientRect().height < 55).map((e) => (e.innerText || e.id).slice(0, 12)))
      same(small.length, 0, `${what}, ${mode}: targets of at least 55 px (${small})`)
    }
    await picture(page, what.replace(/\W+/g, '-') + (mode ? '-' + mode.replace(' ', '-') : ''))
    await page.setViewportSize({ width: 320, height: 700 })
    const over = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth)
    check(over <= 0, `${what}, ${mode || 'light'} at 400 %: ${over} px over the edge`)
    if (!mode) await picture(page, what.replace(/\W+/g, '-') + '-phone')
    await page.setViewportSize(was)
  }
  await page.evaluate(() => document.documentElement.classList.remove('dark', 'elder'))
}
async function inEnglish(page, path, words) {
  await page.evaluate(() => localStorage.setItem('lang', 'en'))
  await go(page, path)
  check((await text(page, 'main')).includes(words), `${path} in English`)
  const left = await page.evaluate(() => [...document.querySelectorAll('main h1, main h2, main label, main button')].map((e) => e.innerText).filter((s) => /[\u4e00-\u9fff]{3}/.test(s)))
  check(!left.some((s) => /[\u4e00-\u9fff]{3}/.test(s) && !/示例|测试|样例|邻市|医院|市|县|区/.test(s)), `${path}: left in Chinese: ${left}`)
  await clean(page, 'English ' + path)
  await page.evaluate(() => localStorage.setItem('lang', 'zh'))
  await go(page, path)
}

// ---- without sign-in: providers by county ----
const out = await visitor('')
await go(out, '/providers')
await out.getByRole('button', { name: /医院 \d+ · 药店 \d+/ }).first().waitFor()
await out.locator('.tile', { hasText: '药店 1' }).first().click()
await out.waitForLoadState('networkidle')
check((await text(out, 'main ul.sheet')).includes('示例大药房') && !(await text(out, 'main ul.sheet')).includes('邻市'), 'a county’s providers, and no other’s')
await clean(out, 'providers by county')

// ---- 举报: without a name, followed by its code; and with one ----
await go(out, '/report')
await out.fill('#place', '康复')
await out.keyboard.press('Enter')
await out.getByLabel(/示例市城区康复医院/).check()
await out.fill('#words', '三月的病房里常年只有登记的名字，没有病人。')
await clean(out, 'report')
await out.getByRole('button', { name: '提交举报' }).click()
await out.locator('[data-code]').waitFor()
const code = await text(out, '[data-code]')
check(/^\w{16}$/.test(code), 'a code to come back with')
await out.fill('#rcode', code)
await out.getByRole('button', { name: '查询' }).click()
await out.locator('[data-state]').waitFor()
check((await text(out, '[data-state]')).includes('已收到') && (await text(out, '[data-state]')).includes('康复医院'), 'its state by number and code')
await out.fill('#rcode', 'wrong' + code.slice(5))
await out.getByRole('button', { name: '查询' }).click()
await out.locator('.error').waitFor()
check((await text(out, '.error')).includes('编号或查询码不对'), 'and by nothing else')
check((await text(out, '[aria-labelledby=reward]')).includes('%'), 'what a reward would be')
await inEnglish(out, '/report', 'Report misuse')
const api = new Client(base)
const number = await api.post('/api/reports', { provider: 'H99010100008', text: '太短' })
same(number.status + number.data.error.field, '400text', 'too few words are told at their field')
same((await api.post('/api/reports', { provider: 'H00000000000', text: '这家机构不在名单里' })).data.error.field, 'provider', 'an unknown provider too')
same((await api.post('/api/reports', { provider: 'H99010100008', text: '留了姓名没有电话', name: '测试甲' })).data.error.field, 'contact', 'a name wants a contact')
let refused = 0
for (let i = 0; i < 14; i++) if ((await api.post('/api/reports/find', { report: 'x', code: 'y' })).status === 429) refused++
check(refused > 0, 'guessing is slowed down')

check(!faults.length, `nothing in the browser's console: ${[...new Set(faults)].slice(0, 5).join(' | ')}`)
await browser.close()
end('citizen')
