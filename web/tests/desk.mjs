// 柜台 in Debian's chromium and through HTTP: matters, papers, two persons, undo, rating, reimbursement, the bank.
//   node web/tests/desk.mjs URL     (a sandbox after the demonstration)
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { open } from '../scripts/browser.mjs'
import { check, Client, end, patiently, same } from './tools.mjs'

const [base] = process.argv.slice(2)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const BING = '99010100000000000000000003' // of office 990121
const JIA = '99010100000000000000000001' // of office 990101

// ---- through HTTP: county scope, papers on paper ----
const http = {}
for (const user of ['clerk', 'teller', 'county', 'bing']) {
  http[user] = new Client(base)
  const r = await patiently(() => http[user].signIn('demo-' + user)) // other tests signed in before
  same(r.status, 200, `demo-${user} signs in`)
}
const ID = '有效身份证件或社会保障卡（医保电子凭证）'
const day = (n) => new Date(Date.now() + 8 * 3600e3 + n * 86400e3).toISOString().slice(0, 10)
const start = (who, person, kind, fields, more = {}) => who.post(`/api/persons/${person}/matters`, { purpose: 'service', kind, fields, papers: { have: [ID] }, ...more })
const act = (who, matter, word, more = {}) => who.post(`/api/matters/${matter}/acts`, { purpose: 'service', act: word, ...more })
same((await start(http.county, JIA, 'contact', { phone: '13900000001' })).status, 404, 'a county takes nothing in for its neighbour’s people')
const contact = await start(http.county, BING, 'contact', { phone: '13900000003' }, { deputy: { name: '测试代', cert_no: '990121199001010011', phone: '13900000009', relation: '女儿' } })
same(contact.status, 200, `a contact is changed: ${contact.text.slice(0, 200)}`)
const one = contact.data.head.matter
same(contact.data.deputy.relation, '女儿', 'the deputy is on record')
check(!contact.text.includes('990121199001010011') && !contact.text.includes('13900000003') && !contact.text.includes('测试代'), 'masked')
check((await http.county.get(`/api/matters/${one}?purpose=service&unmask=1`)).text.includes('990121199001010011'), 'unless asked for')
same((await act(http.county, one, 'finish')).data.head.state, 'done', 'while one waits')
same((await act(http.clerk, one, 'undo', { note: '录错' })).status, 403, 'another’s mistake is not undone')
same((await act(http.county, one, 'undo', { note: '录错' })).data.head.state, 'undone', 'one’s own is, the same day')
same((await http.county.get(`/api/matters/${one}?purpose=service`)).data.steps.length, 3, 'each step is kept')
const mine = await start(http.clerk, JIA, 'certificate', {})
same((await http.county.get(`/api/matters/${mine.data.head.matter}?purpose=service`)).status, 404, 'a matter of another county is as one that is not there')
same((await start(http.clerk, JIA, 'contact', { phone: '1' }, { deputy: { name: '测试代' } })).status, 400, 'a deputy without certificate')
same((await start(http.clerk, JIA, 'away-posted', { place: '990200', from: 'soon' })).data.error.field, 'from', 'a wrong field is named')
for (const [what, path] of [['receipt', `/api/matters/${one}/receipt?purpose=service`], ['notice', `/api/matters/${one}/notice?purpose=service`], ['certificate', `/api/persons/${BING}/certificate?purpose=service`]]) {
  const r = await http.county.get(path)
  check(r.status === 200 && r.headers.get('content-type') === 'application/pdf' && r.text.startsWith('%PDF-'), `${what} is a PDF: ${r.status} ${r.headers.get('content-type')}`)
}
const bills = (await http.clerk.get(`/api/persons/${BING}/bills?purpose=service`)).data.rows
const stay = bills.find((b) => b.total === 2500000)
const bytes = async () => Buffer.from(await (await fetch(`${base}/api/persons/${BING}/bills/${stay.settlement}/statement?purpose=service`, { headers: { Cookie: http.clerk.cookie } })).arrayBuffer())
const paper = await bytes()
check(paper.subarray(0, 5).toString() === '%PDF-' && paper.length > 5000, `the settlement statement (${paper.length} bytes)`)

// ---- in the browser ----
const browser = await open()
const faults = []
async function visitor(user, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, reducedMotion: 'reduce', locale: 'zh-CN', ...options })
  const page = await context.newPage()
  page.on('console', (m) => m.type() === 'error' && !/status of 4\d\d/.test(m.text()) && faults.push(m.text()))
  page.on('pageerror', (e) => faults.push(e.message))
  page.setDefaultTimeout(15000)
  // The session that was opened through HTTP.
  const [name, value] = http[user.replace('demo-', '')].cookie.split('=')
  await context.addCookies([{ name, value, url: base, httpOnly: true, secure: false, sameSite: 'Strict' }])
  return page
}
async function go(page, path) {
  await page.goto(base + path)
  await page.waitForLoadState('networkidle')
}
const text = (page, selector) => page.locator(selector).first().innerText()
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
async function tabTo(page, what, most = 150) {
  for (let i = 0; i < most; i++) {
    const at = await page.evaluate(() => { const e = document.activeElement; return { id: e?.id ?? '', name: (e?.getAttribute('aria-label') ?? e?.innerText ?? '').trim(), ring: getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e.closest('.el-select__wrapper, .el-input__wrapper') ?? e).boxShadow !== 'none' } })
    if (at.id === what || at.name.startsWith(what)) return at.ring
    await page.keyboard.press('Tab')
  }
  return null
}
const step = async (page, name, fill) => {
  await page.getByRole('button', { name, exact: true }).click()
  await fill?.()
  await page.getByRole('button', { name: '确定' }).click()
}

// A chronic disease, taken in with the keyboard alone; one paper is missing and told once.
const clerk = await visitor('demo-clerk')
await go(clerk, `/desk/persons/${BING}?purpose=service`)
same(await tabTo(clerk, '受理新办件'), true, 'by keyboard from the file to a new matter')
await clerk.keyboard.press('Enter')
await clerk.getByRole('heading', { name: '受理新办件' }).waitFor()
same(await tabTo(clerk, 'kind'), true, 'to the kind')
await clerk.keyboard.type('慢特病')
await clerk.waitForTimeout(300)
await clerk.keyboard.press('ArrowDown')
await clerk.keyboard.press('Enter')
await clerk.getByText('承诺 15 个工作日办结').waitFor()
same(await tabTo(clerk, 'f-disease'), true, 'to the disease')
await clerk.keyboard.type('M01600')
await clean(clerk, 'a new matter')
await shot(clerk, 'start')
await clerk.getByLabel('病种认定申请表').focus()
await clerk.keyboard.press('Space')
same(await tabTo(clerk, '受理'), true, 'to the end')
await clerk.keyboard.press('Enter')
await clerk.locator('#steps').waitFor()
check((await text(clerk, 'main')).includes('待补正'), 'what is missing is told at once')
const chronic = new URL(clerk.url()).pathname.split('/').pop()
await step(clerk, '补正材料收到', () => clerk.getByLabel('病种认定申请表').check())
await clerk.locator('[role=status]', { hasText: '已办' }).waitFor()
await step(clerk, '办结或送审')
await clerk.locator('.badge', { hasText: '待审核' }).waitFor()
check(!(await clerk.getByRole('button', { name: '审核通过', exact: true }).count()), 'who sent it to review is not offered to approve it')
same((await act(http.clerk, chronic, 'approve')).status, 403, 'nor allowed to')
const county = await visitor('demo-county')
await go(county, '/desk/matters')
check((await text(county, 'main')).includes('门诊慢特病'), 'the queue of the county')
await clean(county, 'the queue')
await shot(county, 'queue')
await county.getByRole('link', { name: /门诊慢特病/ }).first().click()
await county.locator('#steps').waitFor()
await step(county, '审核通过')
await county.locator('.badge', { hasText: '已办结' }).waitFor()
await step(county, '评价', async () => { await county.getByLabel(/2 不满意/).check(); await county.fill('#m-note', '排队太久') })
await county.getByText('2 星').first().waitFor()
await clean(county, 'a finished matter')
await shot(county, 'matter')
await go(county, '/desk/ratings')
check((await text(county, 'main')).includes('排队太久'), 'a poor rating is shown with its words')
await clean(county, 'ratings')
await shot(county, 'ratings')

// Reimbursement: quote, two persons, the bank returns and pays.
await go(clerk, `/desk/persons/${BING}/matters/new?kind=reimburse-stay`)
await clerk.locator('#c-invoice').waitFor()
await clerk.locator('#c-provider').click()
await clerk.keyboard.type('第二人民')
await clerk.getByRole('option', { name: /第二人民/ }).first().click()
for (const [id, v] of [['c-invoice', '26990100001'], ['c-begin', day(-20)], ['c-end', day(-16)], ['c-diagnosis', 'J18.900'], ['c-diag-name', '肺炎'], ['f-payee', '测试丙'], ['f-bank', '示例银行'], ['f-bank_account', '6200000000000003']]) await clerk.fill('#' + id, v)
await clerk.getByLabel('第 1 行 项目编码').fill('001102000010000')
await clerk.getByLabel('第 1 行 单价').fill('9')
await clerk.getByLabel('第 1 行 数量').fill('1000')
await clerk.getByRole('button', { name: '试算' }).click()
await clerk.locator('[data-quote]').waitFor()
check(/应付本人 [\d,]+\.\d\d 元/.test((await text(clerk, '[data-quote]')).replace(/\s+/g, ' ')), 'the result at once, with reasons')
await clean(clerk, 'a reimbursement')
await shot(clerk, 'reimburse')
await clerk.getByRole('button', { name: '受理', exact: true }).click()
await clerk.locator('#steps').waitFor()
const claim = new URL(clerk.url()).pathname.split('/').pop()
await step(clerk, '办结或送审')
await clerk.locator('.badge', { hasText: '待审核' }).waitFor()
await go(county, `/desk/matters/${claim}`)
await step(county, '审核通过')
await county.locator('.badge', { hasText: '已核准，待付款' }).waitFor()
await go(clerk, '/desk/bank')
await clerk.getByRole('button', { name: '做成一批' }).click()
await clerk.locator('[role=status]', { hasText: '已做成批次' }).waitFor()
await clean(clerk, 'a batch')
const batch = (await text(clerk, '#one .code'))
const file = await (await fetch(`${base}/api/bank/${batch}/file?purpose=service`, { headers: { Cookie: http.clerk.cookie } })).text()
check(file.includes('6200000000000003') && file.startsWith('#item\t'), 'the file for the bank')
const teller = await visitor('demo-teller')
await go(teller, '/desk/bank')
await teller.getByRole('button', { name: '打开' }).first().click()
await teller.fill('#answer', `item\tresult\treason\n${claim}-1\t失败\t户名不符\n`)
await teller.getByRole('button', { name: '入账' }).click()
await teller.locator('[role=status]', { hasText: '入账' }).waitFor()
await go(clerk, `/desk/matters/${claim}`)
check((await text(clerk, 'main')).includes('付款被退回') && (await text(clerk, 'main')).includes('户名不符'), 'what came back opens the matter again')
await step(clerk, '更正收款账户', async () => {
  await clerk.fill('#b-payee', '测试丙')
  await clerk.fill('#b-account', '6200000000000013')
})
await clerk.locator('.badge', { hasText: '已核准，待付款' }).waitFor()
const again = (await http.clerk.post('/api/bank', {})).data
same(again.head.items, 1, 'waits again')
same((await http.teller.post(`/api/bank/${again.head.batch}/answer`, { purpose: 'service', file: `item\tresult\treason\n${claim}-2\t成功\t\n` })).status, 200, 'and is paid')
await clerk.reload()
await clerk.locator('.badge', { hasText: '已办结' }).waitFor()
await clean(clerk, 'a reimbursement that was paid')
await shot(clerk, 'paid')
const seen = (await http.bing.get('/api/me/seen')).data.rows
check(seen.some((s) => s.object === claim), 'the person sees who looked')
await go(clerk, `/desk/persons/${BING}?purpose=service`)
check((await text(clerk, '[aria-labelledby=matters]')).includes('住院费用报销'), 'the file shows the matters')
await clean(clerk, 'the file with its matters')

// English, phone
await clerk.getByRole('button', { name: 'English' }).click()
for (const path of ['/desk/matters', '/desk/bank', '/desk/ratings', `/desk/matters/${claim}`]) {
  await go(clerk, path)
  await clean(clerk, `${path} in English`)
}
const phone = await visitor('demo-clerk', { viewport: { width: 320, height: 640 } })
for (const path of ['/desk/matters', '/desk/bank', '/desk/ratings', `/desk/matters/${claim}`, `/desk/persons/${BING}/matters/new?kind=reimburse-stay`]) {
  await go(phone, path)
  const over = await phone.evaluate(() => document.scrollingElement.scrollWidth - innerWidth)
  check(over <= 0, `${path} at 400 %: ${over} px over the edge`)
  await shot(phone, 'phone' + path.replace(/\W+/g, '-'))
}
check(!faults.length, `nothing in the browser's console: ${[...new Set(faults)].slice(0, 5).join(' | ')}`)
await browser.close()
end('desk')
