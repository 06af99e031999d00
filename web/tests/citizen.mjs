// 我的医保 beyond the bill, in Debian's chromium: reports, the funds, family, credential, filings.
//   node web/tests/citizen.mjs URL      (a sandbox after the demonstration)
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { open, signIn } from '../scripts/browser.mjs'
import { check, Client, end, PASSWORD, same, sample, send } from './tools.mjs'

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
  // What is Chinese by itself (names of matters, places) is marked as such; the rest is translated.
  const left = await page.evaluate(() => [...document.querySelectorAll('main h1, main h2, main label, main button')].map((e) => { if (e.closest('[lang=zh-CN]:not(html)')) return ''; const c = e.cloneNode(true); c.querySelectorAll('[lang=zh-CN]').forEach((x) => x.remove()); return c.textContent }).filter((s) => /[\u4e00-\u9fff]{3}/.test(s)))
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

// ---- 基金公开: sums that fit, and nobody in them ----
await go(out, '/funds')
await out.locator('.fund table').first().waitFor({ timeout: 30000 })
const open_funds = (await new Client(base).get('/api/open/funds')).data
check(open_funds.regions.length && open_funds.regions.every((r) => r.rows.every((x) => x.charged >= x.back)), 'funds by month')
check(!/9901\d{16,}/.test(JSON.stringify(open_funds)), 'and nobody’s number')
for (const r of open_funds.regions) for (const x of r.rows) {
  const before = r.rows.filter((y) => y.fund === x.fund && y.to < x.from).pop()
  if (before?.balance != null && x.balance !== null) same(x.balance, before.balance + x.income - x.other_out - x.charged + x.back, `${r.region} ${x.fund} ${x.to}: the balance carries on`)
}
await clean(out, 'funds')
await inEnglish(out, '/funds', 'Lasts for')

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

// ---- 家庭: asked, given, looked, logged, withdrawn ----
const BING = '99010100000000000000000003'
const jia = new Client(base)
const bing = new Client(base)
await jia.signIn('demo-jia')
await bing.signIn('demo-bing')
const forBing = (path) => jia.get(`/api/me${path}${path.includes('?') ? '&' : '?'}for=${BING}`)
same((await forBing('/bills')).status, 403, 'nothing without consent')
same((await forBing('/seen')).status, 400, 'and never who looked: that is one’s own')
const child = await visitor('demo-jia')
await go(child, '/family')
await child.getByRole('button', { name: '请家人同意…' }).click()
await child.fill('#fname', '测试丙')
await child.fill('#fcert', '99012119680315003X')
await child.fill('#frel', '父亲')
await child.getByLabel('代办：替我备案').check()
await child.fill('#fwords', '爸，我来帮您看账单')
await clean(child, 'a request to the family')
await child.getByRole('button', { name: '发出请求' }).click()
await child.locator('.note').waitFor()
same((await jia.post('/api/me/family', { act: 'ask', name: '测试丙', cert_no: '990121196803150000', scope: 'bills' })).status, 200, 'a wrong number is answered alike')
same((await jia.get('/api/me/family')).data.theirs.length, 0, 'and a request tells its sender nothing')
same((await forBing('/bills')).status, 403, 'asking gives nothing')
const father = await visitor('demo-bing')
await go(father, '/family')
await father.getByRole('heading', { name: '测试甲 请您同意' }).waitFor()
check((await text(father, '.asked')).includes('爸，我来帮您看账单') && (await text(father, '.asked')).includes('代办'), 'who asks, for what, with which words')
await clean(father, 'a request at the family')
await father.getByRole('button', { name: '同意…', exact: true }).click()
await father.selectOption('#fdays', '183')
await father.getByRole('button', { name: '同意', exact: true }).click()
await father.locator('[aria-labelledby=fb] li', { hasText: '测试甲' }).waitFor()
await clean(father, 'family')
await go(child, '/family')
await child.getByRole('button', { name: /^看 测试丙/ }).click()
await child.getByRole('link', { name: /示例市第一人民医院/ }).first().click()
await child.locator('[data-sum] .ok').waitFor()
check((await text(child, '.acting')).includes('测试丙') && (await text(child, '[data-sum]')).includes('25,000.00'), 'the father’s bill, and whose it is')
await clean(child, 'a bill of the family')
same((await forBing('/account')).status, 403, 'what was not given is not to be had')
same((await forBing('')).data.masked, true, 'the person behind it stays masked')
same((await forBing('/family')).status, 400, 'nor is a consent handed on')
await new Promise((r) => setTimeout(r, 1100))
await go(father, '/seen')
check((await text(father, 'main table')).includes('家人（您同意的）') && (await text(father, 'main table')).includes('测试甲'), 'the father sees who looked')
await go(father, '/family')
await father.getByRole('button', { name: /^收回 测试甲/ }).click()
await father.locator('.note', { hasText: '已收回' }).waitFor()
same((await forBing('/bills')).status, 403, 'taken back, it ends at once')
await child.getByRole('button', { name: '回到我自己' }).click()
check(!(await child.locator('.acting').count()), 'back to one’s own')
await inEnglish(father, '/family', 'Whose data I may see')
for (const [body, field] of [[{ act: 'give', person: BING, scope: 'bills', to: '2020-01-01' }, 'to'], [{ act: 'give', name: '测试丙', cert_no: '1', scope: 'bills', to: '2026-12-31' }, 'name'], [{ act: 'ask', name: '测试丙', cert_no: '1', scope: 'all' }, 'scope'], [{ act: 'refuse', person: BING }, 'person'], [{ act: 'adopt' }, 'act']]) {
  const r = await jia.post('/api/me/family', body)
  check(r.status >= 400 && r.data.error.field === field, `${JSON.stringify(body)}: ${r.text}`)
}

// ---- 办事: a filing by commitment with the keyboard alone ----
const keys = await visitor('demo-bing')
async function tabTo(page, what, most = 250) {
  for (let i = 0; i < most; i++) {
    const at = await page.evaluate(() => { const e = document.activeElement; return { name: (e?.getAttribute('aria-label') ?? (e?.labels?.[0]?.innerText || e?.innerText) ?? '').replace(/\s+/g, ' ').trim(), ring: getComputedStyle(e).outlineStyle } })
    if (at.name.startsWith(what)) return at.ring !== 'none'
    await page.keyboard.press('Tab')
  }
  return null
}
await go(keys, '/')
await keys.evaluate(() => document.activeElement?.blur())
same(await tabTo(keys, '办事'), true, 'by keyboard to the matters, with a visible focus')
await keys.keyboard.press('Enter')
await keys.getByRole('button', { name: '办理 异地长期居住人员备案' }).waitFor()
await clean(keys, 'matters')
same(await tabTo(keys, '办理 异地长期居住人员备案'), true, 'to a filing')
await keys.keyboard.press('Enter')
await keys.locator('#m-place').waitFor()
same(await tabTo(keys, '提交'), true, 'to its end')
await keys.keyboard.press('Enter')
await keys.locator('#filing-error').waitFor()
check((await text(keys, '#filing-error')).includes('我承诺'), 'nothing is done before the commitment')
await keys.evaluate(() => document.activeElement?.blur())
same(await tabTo(keys, '去哪里'), true, 'to the place')
await keys.keyboard.type('样例')
await keys.keyboard.press('Enter')
await keys.locator('.choices input[type=radio]').first().waitFor()
await keys.keyboard.press('Tab')
await keys.keyboard.press('Tab')
await keys.keyboard.press('Space')
await keys.locator('.ok', { hasText: '已选' }).waitFor()
same(await tabTo(keys, '我承诺'), true, 'to the commitment')
await keys.keyboard.press('Space')
await clean(keys, 'a filing')
await keys.evaluate(() => document.querySelector('#m-place').focus())
same(await tabTo(keys, '提交'), true, 'and to send')
await keys.keyboard.press('Enter')
await keys.locator('[data-made]').waitFor()
check((await text(keys, '[data-made]')).includes('办好了') && (await text(keys, '[data-made]')).includes('已办结'), 'filed without a mouse, and done at once')
await clean(keys, 'a filing done')
same(await tabTo(keys, '看进度'), true, 'to its progress')
await keys.keyboard.press('Enter')
await keys.locator('[data-progress]').waitFor()
check((await text(keys, '[data-progress]')).includes('受理') && (await text(keys, '[data-progress]')).includes('本人'), 'each step, by whom')
same(await tabTo(keys, '5 星'), true, 'to the rating')
await keys.keyboard.press('Enter')
await keys.locator('[data-progress] .ok').waitFor()
check((await bing.get('/api/me')).data.filings.some((f) => f.kind === '2501'), 'and the filing stands in the books')
await clean(keys, 'progress')
await inEnglish(keys, '/filings', 'My matters')
// an application waits for the desk, tells what is missing once, and is taken back
const wait = await bing.post('/api/me/matters', { kind: 'two-diseases', fields: { disease: (await bing.get('/api/diseases?q=' + encodeURIComponent('高血压'))).data.rows[0].code, from: new Date().toISOString().slice(0, 10) }, papers: { have: [] } })
check(wait.status === 200 && !wait.data.head.over && wait.data.head.missing.includes('高血压'), `an application names what is missing, once: ${wait.text.slice(0, 300)}`)
const NO = wait.data.head.matter
same((await jia.get(`/api/me/matters/${NO}`)).status, 404, 'another’s matter is as one that is not there')
same((await jia.post(`/api/me/matters/${NO}/acts`, { act: 'withdraw' })).status, 404, 'nor may be touched')
same((await bing.post(`/api/me/matters/${NO}/acts`, { act: 'approve' })).status >= 400, true, 'nobody approves their own')
same((await bing.post(`/api/me/matters/${NO}/acts`, { act: 'withdraw' })).data.head.state, 'withdrawn', 'taken back')
// the child acts for the father who consented, and is named
same((await bing.post('/api/me/family', { act: 'give', name: '测试甲', cert_no: '990101198001010014', scope: 'act', to: new Date(Date.now() + 864e6).toISOString().slice(0, 10) })).status, 200, 'the father lets the child act')
const by = await jia.post('/api/me/matters', { for: BING, kind: 'contact', fields: { phone: '13900000000' }, papers: {} })
check(by.status === 200 && by.data.deputy.name === '测试甲' && by.data.head.over, `by deputy: ${by.text.slice(0, 200)}`)
same((await forBing('/bills')).status, 403, 'to act is not to see')
await bing.post('/api/me/family', { act: 'withdraw', person: '99010100000000000000000001' })
same((await jia.post('/api/me/matters', { for: BING, kind: 'contact', fields: { phone: '13900000001' }, papers: {} })).status, 403, 'and ends with the consent')

// ---- 医保码: shown, renewed, taken by 1101 while it lives; 参保凭证: made, checked ----
const shown = await visitor('demo-bing')
await go(shown, '/code')
await shown.locator('.qr path').waitFor()
const first = (await text(shown, '[data-token]')).replace(/ /g, '')
check(/^YH[A-Z2-7]{48}$/.test(first), `a signed code: ${first}`)
// What the picture says: its squares are read back from the page and compared with another drawing of the code.
const drawn = await shown.evaluate(() => { const r = document.querySelector('.qr svg').getBoundingClientRect(); return { w: r.width, h: r.height, n: document.querySelector('.qr path').getAttribute('d').split('z').length } })
check(drawn.w > 200 && Math.abs(drawn.w - drawn.h) < 3 && drawn.n > 200, 'a QR code, large enough')
await clean(shown, 'credential')
async function ask1101(number) {
  const m = sample('1101')
  m.msgid = 'H9901010000120260318' + String(1e13 + Date.now()).slice(-10)
  Object.assign(m.input.data, { mdtrt_cert_type: '01', mdtrt_cert_no: number, psn_name: '', certno: '' })
  return send(base, m)
}
const at1101 = await ask1101(first)
same(at1101.output?.baseinfo?.psn_no, BING, `1101 finds the person by the code: ${at1101.err_msg}`)
const clerk = new Client(base)
await clerk.signIn('demo-clerk')
same((await clerk.get(`/api/persons?purpose=service&q=${first}`)).data.rows[0]?.person, BING, 'and the desk’s search box does')
await shown.getByRole('button', { name: '现在换新' }).click()
await shown.waitForFunction((was) => document.querySelector('[data-token]').innerText.replace(/ /g, '') !== was, first)
same((await ask1101(first)).output?.baseinfo?.psn_no, BING, 'the last one is still good')
await bing.post('/api/me/credential')
check(String((await ask1101(first)).infcode) !== '0', 'the one before it is not')
check(String((await ask1101(first.slice(0, 49) + 'A')).infcode) !== '0', 'nor one that nobody made')
await shown.getByRole('button', { name: '出具参保凭证' }).click()
await shown.locator('[data-ticket]').waitFor()
const [pdf] = await Promise.all([shown.waitForEvent('download'), shown.getByRole('link', { name: '下载 PDF' }).click()])
const bytes = readFileSync(await pdf.path())
check(bytes.subarray(0, 5).toString() === '%PDF-' && bytes.length > 3000, `a PDF of ${bytes.length} bytes`)
const [no, secret] = (await shown.locator('[data-ticket] dd').allInnerTexts()).map((s) => s.trim())
same((await jia.call('GET', `/api/me/certificates/${no}`)).status, 404, 'another’s proof is as one that is not there')
await go(out, '/verify')
await out.fill('#vno', no)
await out.fill('#vcode', secret)
await out.keyboard.press('Enter')
await out.locator('[data-check]').waitFor()
check((await text(out, '[data-check]')).includes('测*') && (await text(out, '[data-check]')).includes('正常') && !(await text(out, '[data-check]')).includes('测试丙'), 'anybody may check it, and sees no more than they must')
await clean(out, 'check a proof')
await out.fill('#vcode', secret.slice(0, 15) + (secret.endsWith('A') ? 'B' : 'A'))
await out.keyboard.press('Enter')
await out.locator('.error').waitFor()
check((await text(out, '.error')).includes('不相符'), 'a forged one is told')
await inEnglish(out, '/verify', 'Check a proof')
await inEnglish(shown, '/code', 'Proof of enrolment')
let refused = 0
for (let i = 0; i < 14; i++) if ((await api.post('/api/reports/find', { report: 'x', code: 'y' })).status === 429) refused++
check(refused > 0, 'guessing is slowed down')

check(!faults.length, `nothing in the browser's console: ${[...new Set(faults)].slice(0, 5).join(' | ')}`)
await browser.close()
end('citizen')
