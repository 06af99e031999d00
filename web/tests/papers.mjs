// 柜台: a bill pasted from a spreadsheet, all its faults at once.
//   node web/tests/papers.mjs URL     (a sandbox after the demonstration)
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { open } from '../scripts/browser.mjs'
import { check, Client, end, patiently, same } from './tools.mjs'

const [base] = process.argv.slice(2)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const BING = '99010100000000000000000003'
const http = {}
for (const user of ['clerk', 'bing']) {
  http[user] = new Client(base)
  same((await patiently(() => http[user].signIn('demo-' + user))).status, 200, `demo-${user} signs in`)
}
const day = (n) => new Date(Date.now() + 8 * 3600e3 + n * 86400e3).toISOString().slice(0, 10)

const browser = await open()
const faults = []
async function visitor(user, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, reducedMotion: 'reduce', locale: 'zh-CN', ...options })
  const page = await context.newPage()
  page.on('console', (m) => m.type() === 'error' && !/status of 4\d\d/.test(m.text()) && faults.push(m.text()))
  page.on('pageerror', (e) => faults.push(e.message))
  page.setDefaultTimeout(15000)
  if (user) {
    const [name, value] = http[user].cookie.split('=')
    await context.addCookies([{ name, value, url: base, httpOnly: true, secure: false, sameSite: 'Strict' }])
  }
  return page
}
async function go(page, path) {
  await page.goto(base + path)
  await page.waitForLoadState('networkidle')
}
async function clean(page, what) {
  await page.evaluate(axe)
  for (const mode of ['light', 'dark']) {
    await page.evaluate((m) => document.documentElement.classList.toggle('dark', m === 'dark'), mode)
    const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }).then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target + ' ' + n.html.slice(0, 90) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)))
    check(!found.length, `axe, ${what}, ${mode}: ${found.join('\n    ')}`)
  }
  await page.evaluate(() => document.documentElement.classList.remove('dark'))
}
const shot = async (page, name) => process.env.YH_SHOTS && page.screenshot({ path: `${process.env.YH_SHOTS}/${name}.png`, fullPage: true })

// ---- a bill from a spreadsheet ----
const clerk = await visitor('clerk')
await go(clerk, `/desk/persons/${BING}/matters/new?kind=reimburse-stay`)
await clerk.locator('#c-invoice').waitFor()
for (const [id, v] of [['c-begin', day(-20).replaceAll('-', '/')], ['c-end', day(-16)], ['c-invoice', '12 34'], ['c-diagnosis', '肺炎'], ['c-total', '￥1,000.00']]) await clerk.fill('#' + id, v)
await clerk.locator('[data-deadline]').waitFor()
check(/申报期限：\d{4}-\d\d-\d\d/.test(await clerk.locator('[data-deadline]').innerText()), 'the deadline is told before anything is worked out')
const paste = (id, text) => clerk.evaluate(([i, x]) => {
  const d = new DataTransfer()
  d.setData('text/plain', x)
  document.getElementById(i).dispatchEvent(new ClipboardEvent('paste', { clipboardData: d, bubbles: true, cancelable: true }))
}, [id, text])
await paste('l-0-code', ['项目名称\t规格\t医保编码\t数量\t单价（元）\t金额（元）\t费用日期', `诊查\t次\t001102000010000\t100\t9.00\t900.00\t${day(-19).replaceAll('-', '/')}`,
  `"测定，\n复查"\t次\t002501010010000\t２\t10\t19\t${day(-18)}`, '床位\t日\t床位\t0\t￥30.00\t\t', '合计\t\t\t\t\t949.00\t'].join('\r\n') + '\r\n')
check((await clerk.locator('.claim [role=status]').allInnerTexts()).some((x) => x.includes('粘贴了 3 行') && x.includes('略过合计 1 行') && x.includes('规格')), 'what was pasted, what was left out')
const cell = (i, c) => clerk.inputValue(`#l-${i}-${c}`)
same(await cell(0, 'day'), day(-19), 'a day in the other form')
same(await cell(1, 'qty'), '2', 'full-width digits')
same(await cell(1, 'name'), '测定，\n复查'.replace('\n', ''), 'a quoted cell')
same(await cell(2, 'price'), '30.00', 'without the sign of money')
await clerk.getByRole('button', { name: '核对并试算' }).click()
const list = clerk.locator('[data-faults]')
await list.waitFor()
const said = await list.innerText()
for (const [what, re] of [['the provider', /就医机构：没有选/], ['the invoice', /电子票据号码 1234：电子票据号码应为 8 至 30 位数字；/], ['the diagnosis', /诊断编码 肺炎：/], ['the sum of a line', /第 2 行 金额 19\.00：.*应为 20\.00/], ['a quantity', /第 3 行 数量 0：.*；填大于 0/]])
  check(re.test(said), `${what} is told at once: ${said}`)
check((await list.locator('li').count()) >= 5 && said.includes('处要改'), 'in one list')
same(await clerk.locator('#l-2-qty').getAttribute('aria-invalid'), 'true', 'and at its cell')
check((await clerk.locator('#l-2-says').innerText()).includes('数量'), 'with what is wrong beneath it')
await clean(clerk, 'a bill with faults')
await shot(clerk, 'faults')
await list.getByRole('button', { name: '第 3 行 数量' }).click()
same(await clerk.evaluate(() => document.activeElement.id), 'l-2-qty', 'from the list to the cell')
await clerk.keyboard.press('Control+A')
await clerk.keyboard.type('1')
check(!(await list.count()), 'what was said holds until something is changed')
for (const [id, v] of [['l-2-code', '001109000010000'], ['l-1-amount', ''], ['c-invoice', '2699010100000777'], ['c-diagnosis', 'J18.900'], ['c-total', '950']]) await clerk.fill('#' + id, v)
await clerk.locator('#c-provider').click()
await clerk.keyboard.type('第二人民')
await clerk.getByRole('option', { name: /第二人民/ }).first().click()
await clerk.getByRole('button', { name: '核对并试算' }).click()
await clerk.locator('[data-quote]').waitFor()
check(/应付本人\s*[\d,]+\.\d\d 元/.test(await clerk.locator('[data-quote]').innerText()), 'mended: the result at once')
await shot(clerk, 'mended')

check(!faults.length, `nothing in the browser's console: ${[...new Set(faults)].slice(0, 5).join(' | ')}`)
await browser.close()
end('papers')
