// 驾驶舱, 医保办, 分组室, 监管室 in Debian's chromium: the main task of each, its errors, axe in both modes.
//   node web/tests/rooms.mjs URL     (a sandbox after the demonstration)
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { open, signIn } from '../scripts/browser.mjs'
import { check, Client, end, PASSWORD, same } from './tools.mjs'

const [base] = process.argv.slice(2)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await open()
const faults = []
async function visitor(user, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, reducedMotion: 'reduce', locale: 'zh-CN', ...options })
  const page = await context.newPage()
  page.on('console', (m) => m.type() === 'error' && !/status of (4\d\d|503)|ERR_FAILED/.test(m.text()) && faults.push(m.text()))
  page.on('pageerror', (e) => faults.push(e.message))
  page.setDefaultTimeout(20000)
  await signIn(page, base, user, PASSWORD, '/desk/sign-in')
  return page
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
const text = (page, selector) => page.locator(selector).first().innerText()
const amount = (s) => Math.round(Number(s.replace(/[^\d.−-]/g, '').replace('−', '-')) * 100)
async function narrow(page, what) {
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 780 })
    await page.waitForTimeout(150)
    const over = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth)
    check(over <= 0, `${what} at ${width} px: ${over} px over the edge`)
  }
  await page.setViewportSize({ width: 1200, height: 850 })
}
// A page whose answers fail says so and offers to try again; one whose answers are slow says that it waits.
async function troubles(page, path, route, heading) {
  await page.route(route, (r) => r.fulfill({ status: 503, contentType: 'application/json', body: '{"error":{"code":"retry","message":"系统繁忙，请稍后再试","field":""}}' }))
  await page.goto(base + path)
  await page.locator('.fault').first().waitFor()
  check((await text(page, '.fault')).includes('系统繁忙'), `${path}: an error is told`)
  check(await page.getByRole('button', { name: '再试一次' }).count(), `${path}: and can be tried again`)
  await page.unroute(route)
  await page.getByRole('button', { name: '再试一次' }).first().click()
  await page.getByRole('heading', { name: heading }).first().waitFor()
}
async function tabTo(page, what, most = 80) {
  for (let i = 0; i < most; i++) {
    const at = await page.evaluate(() => { const e = document.activeElement; return { name: (e?.getAttribute('aria-label') ?? e?.innerText ?? '').trim(), ring: getComputedStyle(e).outlineStyle } })
    if (at.name.startsWith(what)) return at.ring !== 'none'
    await page.keyboard.press('Tab')
  }
  return null
}

// ---- 驾驶舱: how long does the fund last, and what was it charged? ----
const money = new Client(base)
await money.signIn('demo-officer')
let funds
for (let i = 0; i < 60; i++) {
  funds = (await money.get('/api/funds')).data
  if (funds.state === 'ready') break
  await new Promise((r) => setTimeout(r, 500))
}
same(funds.state, 'ready', 'the sums are there')
same(funds.basis, '记账', 'and say which of the two figures they are')
const worker = funds.funds.find((f) => f.fund === '310100')
check(worker?.lasts && worker.months.some((m) => m.charged > 0) && worker.months.some((m) => m.income > 0), 'income and spending by month')
same(worker.lasts.hundredths, Math.floor((worker.lasts.balance * 100) / worker.lasts.average), 'months payable = balance ÷ average')
const officer = await visitor('demo-officer')
await officer.goto(base + '/desk/cockpit')
await officer.locator('.gauge .figure b').first().waitFor()
same(await text(officer, '.gauge .figure b'), (worker.lasts.hundredths / 100).toFixed(2), 'months payable on the page')
check((await text(officer, 'main')).includes('不是拨付'), '记账 is named')
check((await officer.locator('.gauge').count()) >= 2 && /低于 6 个月/.test(await text(officer, 'main')), 'a warning line that is crossed is told')
await officer.locator('.chart summary').first().click()
const june = officer.locator('.chart table tr', { hasText: worker.months[6].month }).first()
same(amount(await june.locator('td').nth(1).innerText()), worker.months[6].charged - worker.months[6].back, 'the table beside the chart has the ledger’s figure')
same(await tabTo(officer, '个月'), true, 'by keyboard to a word that explains itself')
check(await officer.evaluate(() => { const t = document.activeElement.querySelector('[role=tooltip]'); return getComputedStyle(t).display === 'block' && /累计结余 ÷/.test(t.textContent) }), 'and it does, on focus')
await clean(officer, 'the cockpit')
await narrow(officer, 'the cockpit')
await officer.fill('#table', 'fund\tmonth\tkind\tamount\tsource\n310100\t2026-01\t捐赠\t1\t月报')
await officer.getByRole('button', { name: '登记', exact: true }).click()
await officer.locator('.fault').waitFor()
check((await text(officer, '.fault')).includes('第 2 行 kind「捐赠」'), 'a wrong table names line and column')
const income = (yuan) => `fund\tmonth\tkind\tamount\tsource\n310100\t${worker.months[6].month}\t其他收入\t${yuan}\t测试月报`
same((await money.post('/api/funds/statements', { table: income('1000.00') })).data.rows, 1, 'one row is taken over')
const before = (await money.get('/api/funds')).data.funds.find((f) => f.fund === '310100').lasts.balance
await officer.fill('#table', income('1500.00'))
await officer.getByRole('button', { name: '登记', exact: true }).click()
await officer.getByText('已登记 1 行').waitFor()
const after = (await money.get('/api/funds')).data
if (after.state === 'ready') same(after.funds.find((f) => f.fund === '310100').lasts.balance, before + 50000, 'income that was stated anew takes the place of the first')
await troubles(officer, '/desk/cockpit', '**/api/funds', '驾驶舱')
const county = new Client(base)
await county.signIn('demo-clerk')
same((await county.get('/api/funds')).status, 403, 'a clerk has no cockpit')
same((await money.get('/api/funds?region=990200')).status, 404, 'nor anybody another pool’s')
same((await money.post('/api/funds/statements', { region: '990200', table: 'x' })).status, 404, 'or states its income')
const pulse = (await money.get('/api/funds/pulse')).data
same(pulse.rows.length, 60, 'sixty minutes')
await officer.context().close()

// ---- 医院医保办: what has to be done today? ----
const house = new Client(base)
await house.signIn('demo-hospital')
const m = (await house.get('/api/hospital/morning?purpose=service')).data
same(m.provider, 'H99010100001', 'one’s own hospital')
check(m.books_all > 0 && m.lists.length > 0 && m.mend.length > 0, 'there is something to do')
check(m.lists.every((l, i) => !i || m.lists[i - 1].due <= l.due), 'lists stand in the order of their last day')
same((await house.get('/api/hospital/morning')).data?.error?.field, 'purpose', 'a purpose must be stated')
same((await money.get('/api/hospital/morning?purpose=service')).status, 403, 'it is the hospital’s own')
let peers
for (let i = 0; i < 60; i++) {
  peers = (await house.get('/api/groups')).data
  if (peers.state === 'ready') break
  await new Promise((r) => setTimeout(r, 300))
}
const own = peers.found.hospitals.filter((h) => h.name)
same(own.length, 1, 'of other hospitals the name is not told')
check(peers.found.hospitals.length >= 3 && peers.found.hospitals.every((h) => h.name || !h.rows.length), 'nor their groups')
check(own[0].rows.some((r) => r.peer_mean > 0) && own[0].cmi > 0 && own[0].cost_index > 0, 'a group beside its peers, CMI, cost index')
same((await house.get('/api/groups?least=1')).status, 400, 'no mean of a single case')
const office = await visitor('demo-hospital')
await office.goto(base + '/desk/morning')
await office.getByRole('heading', { name: /早上看的一页/ }).waitFor()
await office.locator('.cards a').first().waitFor()
same(Number(await office.locator('.cards b').first().innerText()), m.books_all, 'how many days are not reconciled')
check((await text(office, '#books')).includes('3201') && (await text(office, '#lists')).includes(m.lists[0].settlement), 'what to do is said')
same(await tabTo(office, '看看'), true, 'by keyboard to a list')
await office.keyboard.press('Enter')
await office.locator('.rows .inner').first().waitFor()
const worst = m.mend.findIndex((x) => x.errors)
check(worst >= 0, 'some list has an error')
if (worst) await office.locator('.rows > li').nth(worst).locator('button.push').click()
await office.locator('.rows .inner .bad').first().waitFor()
check((await text(office, '.rows .inner .bad')).includes(m.mend[worst].findings.find((f) => f.severity === 'error').message), 'and what to mend in it')
await office.locator('.chart').nth(1).waitFor()
await clean(office, 'the hospital’s morning')
await narrow(office, 'the hospital’s morning')
await troubles(office, '/desk/morning', '**/api/hospital/morning**', '没有对平的日子')
await office.context().close()

// ---- 分组室: which group, and why? ----
const groups = await visitor('demo-officer')
await groups.goto(base + '/desk/grouping')
await groups.getByRole('heading', { name: '分组室' }).waitFor()
await groups.getByRole('button', { name: '填入例子' }).click()
await groups.getByRole('button', { name: '分组', exact: true }).click()
await groups.locator('[data-cases]').waitFor()
check((await text(groups, '[data-cases]')).includes('GD23') && (await text(groups, '[data-cases]')).includes('ES31'), 'groups of the guide’s cases')
await groups.getByRole('button', { name: /为什么 乙/ }).click()
check(/有严重并发症或合并症 I50.900/.test(await text(groups, '[data-reasons]')) && /近邻/.test(await text(groups, '[data-reasons]')), 'and why')
await clean(groups, 'the grouping room')
await groups.fill('#cases', '#id\tsex\tage_years\tdx\n甲\t1\t四十\tJ18.900\n乙\t2\t66\tJ18.900')
await groups.getByRole('button', { name: '分组', exact: true }).click()
await groups.locator('.fault').waitFor()
check(/第 2 行，列 age_years/.test(await text(groups, '.fault')), 'a bad row is told with line and column')
check((await text(groups, '[data-cases]')).includes('乙'), 'and the others go on')
await groups.fill('#cases', 'id\tsex\n甲\t1')
await groups.getByRole('button', { name: '分组', exact: true }).click()
await groups.getByText(/表头缺/).waitFor()
await groups.fill('#month', new Date(Date.now() - 40 * 86400e3).toISOString().slice(0, 7))
await groups.getByRole('button', { name: '看分组' }).click()
await groups.locator('[data-cases] tbody tr').nth(3).waitFor()
await narrow(groups, 'the grouping room')
await groups.context().close()
same((await money.post('/api/groups/cases', { text: '#id\tsex\tage_years\tdx\n' + Array.from({ length: 501 }, (_, i) => `${i}\t1\t50\tJ18.900`).join('\n') })).status, 413, 'at most 500 cases')
same((await money.get('/api/groups/lists?purpose=review&provider=H99020100001&month=2026-03')).status, 404, 'no hospital of another pool')

// ---- 监管室: what was found today, and on site ----
const guard = await visitor('demo-supervisor')
await guard.goto(base + '/desk/today')
await guard.locator('.tiles button').first().waitFor()
same(await guard.locator('.tiles button').count(), 4, 'a tile for each county')
await guard.locator('#list ~ * table, #list ~ table').first().waitFor({ timeout: 5000 }).catch(() => undefined)
check((await guard.locator('section[aria-labelledby=list] tbody tr').count()) > 0, 'today has hits')
same(await tabTo(guard, '示例市城区'), true, 'by keyboard to a tile')
await guard.keyboard.press('Enter')
same(await guard.locator('.tiles button[aria-pressed=true]').count(), 1, 'one county alone')
await clean(guard, 'hits of the day')
await narrow(guard, 'hits of the day')
await guard.locator('.tiles button[aria-pressed=true]').click()
await guard.locator('td input[type=checkbox]').first().check()
await guard.getByRole('form', { name: '立案' }).waitFor()
await guard.fill('#case-title', '今日疑点立案')
await clean(guard, 'hits of the day, one chosen')
await narrow(guard, 'hits of the day, one chosen')
const hit = (await guard.evaluate(async () => (await fetch('/api/hits')).json())).found.rows.find((r) => !r.case)
await guard.route('**/api/cases', (r) => r.fulfill({ status: 409, contentType: 'application/json', body: '{"error":{"code":"conflict","message":"疑点已在别的案件里","field":""}}' }))
await guard.getByRole('button', { name: '立案' }).click()
await guard.locator('.openCase .fault').waitFor()
check((await text(guard, '.openCase .fault')).includes('已在别的案件'), 'a refusal is told beside the button')
await guard.unroute('**/api/cases')
await guard.getByRole('button', { name: '立案' }).click()
await guard.waitForURL('**/desk/cases/990100-*')
await guard.locator('#steps').waitFor()
check((await text(guard, 'main')).includes('今日疑点立案') && (await text(guard, '.course')).includes('demo-supervisor'), 'the case is there, opened by who signed in')
const opened = new URL(guard.url()).pathname.split('/').pop()
const paper = await guard.evaluate(async (no) => { const r = await fetch(`/api/cases/${no}/pack.pdf?purpose=audit`); return [r.status, r.headers.get('content-type'), (await r.text()).slice(0, 5)] }, opened)
same(paper.join(' '), '200 application/pdf %PDF-', 'its evidence pack on paper')
const watcher = new Client(base)
await watcher.signIn('demo-supervisor')
const file = (await watcher.get(`/api/cases/${opened}?purpose=audit`)).data
same(file.head.hits, 1, 'with the hit that was chosen')
const again = await watcher.post('/api/cases', { hits: `${file.hits[0].hit}@${file.hits[0].settlement}` })
check(again.status === 409 && again.text.includes(opened), `a hit is not in two cases: ${again.text}`)
same((await watcher.post('/api/cases', { hits: `00000000000000000009@${hit.settlement}` })).status, 404, 'a hit that the rules do not find is not believed')
same((await watcher.post('/api/cases', { hits: hit.hit })).status, 400, 'nor one without its bill')
same((await money.post('/api/cases', { hits: `${hit.hit}@${hit.settlement}` })).status, 403, 'another role opens no case')
check((await watcher.get(`/api/cases/${opened}/pack.pdf`)).status === 400, 'a purpose is stated for the paper')
check((await watcher.post(`/api/cases/${opened}/acts`, { act: 'assign', to: 'demo-supervisor' })).status === 200 && (await watcher.post(`/api/cases/${opened}/acts`, { act: 'notice' })).status === 200, 'it goes on as any other')
check((await watcher.post(`/api/cases/${opened}/acts`, { act: 'recheck', note: 'x' })).status >= 400, 'and who checked does not recheck')
await guard.goto(base + '/desk/today')
await guard.locator('.tiles button').first().waitFor()
await guard.getByRole('button', { name: '前一天' }).click()
await guard.locator('.tiles button').first().waitFor()
await troubles(guard, '/desk/today', '**/api/hits**', '各县（区）')
await guard.context().close()
const phone = await visitor('demo-supervisor', { viewport: { width: 390, height: 780 } })
await phone.goto(base + '/desk/site')
await phone.getByRole('button', { name: /示例市第一人民医院/ }).click()
await phone.fill('#note', '床位与在院病人不符，两人不在病房')
await phone.locator('input[type=file]').setInputFiles({ name: 'ward.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('abc') })
await phone.getByText('ba7816bf8f01cfea').first().waitFor()
await phone.getByRole('button', { name: '记下' }).click()
await phone.getByText('✓ 已记下').waitFor()
check((await text(phone, '.site .course')).includes('两人不在病房') && (await text(phone, '.site .course')).includes('ba7816bf8f01cfea'), 'note and photo’s digest are kept')
const low = await phone.evaluate(() => [...document.querySelectorAll('.site button, .site .camera, .site .tick')].filter((e) => e.offsetParent && e.getBoundingClientRect().height < 55).length)
same(low, 0, 'large targets')
check(await phone.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), 'nothing over the edge of the phone')
await clean(phone, 'the inspector’s phone')
await phone.context().close()

check(!faults.length, `no script error: ${faults.slice(0, 5).join(' | ')}`)
await browser.close()
end('rooms')
