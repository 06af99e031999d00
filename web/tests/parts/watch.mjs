// 监管 in Debian's chromium: a rule tried over a year and held against the command, tips, the board.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { base, check, clean, client, data, end, finally_, go, same, until, visitor, yiheng } from '../page.mjs'

const tmp = mkdtempSync(tmpdir() + '/watch-')
finally_(() => rmSync(tmp, { recursive: true, force: true }))
const yuan = (fen) => (fen / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')

// ---- a rule: chosen, changed with a mistake, mended, run; what the page shows is what the command prints ----
const watcher = await client('demo-supervisor')
const officer = await client('demo-officer')
const loaded = (await watcher.get('/api/rules')).data.rows.find((r) => r.rule === 'drug-course-days')
const changed = loaded.text.replace(/^hit .*/m, 'hit      窗内天数 >= max_course_days').replace(/^money .*/m, 'money    整行')
const at = loaded.text.split('\n').findIndex((l) => l.startsWith('hit ')) + 1
check(changed !== loaded.text, 'the rule is changed')
writeFileSync(tmp + '/now.rule', changed)
writeFileSync(tmp + '/was.rule', loaded.text)
const told = spawnSync(yiheng, ['rules', 'replay', tmp + '/now.rule', '--before', tmp + '/was.rule', '--data', data, '--sample', '0', '--json'], { encoding: 'utf8' })
const want = JSON.parse(told.stdout.trim().split('\n').pop()).rules[0]
const fen = (v) => Math.round(Number(v) * 100)
check(want.hits > 0 && want.before > 0 && want.fresh > 0, 'the command finds some, before and after')

const page = await visitor('demo-supervisor')
await go(page, '/desk/rules')
await page.getByLabel('查找').fill('drug-course-days')
await page.getByRole('link', { name: /试跑 药品限支付疗程$/ }).click()
await page.locator('#rule-text').waitFor()
await page.locator('#rule-said .good').first().waitFor()
check((await page.locator('#rule-said').innerText()).includes('与装入的规则相同'), 'the loaded text is known as such')
await page.fill('#rule-text', changed.replace('>= max_course_days', '>> max_course_days'))
await page.locator('.findings .bad').first().waitFor()
const finding = await page.locator('.findings').innerText()
check(new RegExp(`第 ${at} 行第 \\d+ 列`).test(finding) && finding.includes('改法'), `a mistake is told with line, column and cure: ${finding}`)
check(await page.getByRole('button', { name: '试跑', exact: true }).isDisabled(), 'and is not run')
await page.locator('.findings .place').first().focus()
await page.keyboard.press('Enter')
const caret = await page.evaluate(() => { const e = document.activeElement; return e.id === 'rule-text' ? e.value.slice(0, e.selectionStart).split('\n').length : 0 })
same(caret, at, 'the finding leads to its line, by keyboard')
await page.fill('#rule-text', changed)
await page.locator('#rule-said .good').first().waitFor()
const start = page.getByRole('button', { name: '试跑', exact: true })
await start.focus()
await page.keyboard.press('Enter')
await page.locator('[data-change]').waitFor({ timeout: 300000 })
const shown = async (what) => (await page.locator(`[data-${what}]`).innerText()).trim()
same(await shown('hits'), want.hits.toLocaleString('zh-CN'), 'hits on the page are those of the command')
same(await shown('item'), yuan(fen(want.item_money)), 'money by item too')
same(await shown('method'), yuan(fen(want.fund_method)), 'and under the method')
check((await shown('change')).includes(`仍命中 ${want.kept.toLocaleString('zh-CN')} 处，新增 ${want.fresh.toLocaleString('zh-CN')} 处，不再命中 ${want.gone.toLocaleString('zh-CN')} 处`), 'and what the change brings')
await clean(page, 'a rule tried', { widths: [390, 320] })
const run = (await watcher.get('/api/rules/replays?rule=drug-course-days')).data.rows[0]
const full = (await watcher.get(`/api/rules/replays/${run.id}?purpose=audit`)).data
for (const [a, b] of [['hits', 'hits'], ['persons', 'persons'], ['providers', 'providers'], ['before', 'before'], ['fresh', 'fresh']]) same(full[a], want[b], `${a} over the API`)
same(full.report.months.map((m) => `${m.month} ${m.hits} ${m.item}`).join(), want.months.map((m) => `${m.month} ${m.hits} ${fen(m.item_money)}`).join(), 'month by month')
same(full.report.near.map((x) => `${x.hits} ${x.persons} ${x.lines}`).join(), want.look_alikes.map((x) => `${x.hits} ${x.persons} ${fen(x.lines_money)}`).join(), 'look-alikes')
check(full.report.samples.length && full.report.samples.every((s) => s.settlement && /\*/.test(s.person) && s.lines.length), 'the supervisor sees settlements, persons masked')
// Colleagues of the area share it; who makes policy sees no number of a person, a stay or a doctor.
const other = (await officer.get(`/api/rules/replays/${run.id}?purpose=audit`)).data
same(other.hits, want.hits, 'an officer of the area sees the same figures')
check(other.report.samples.every((s) => !s.person && !s.settlement && !s.visit && !s.doctor && s.lines.length), 'but nobody’s number')
// What is asked wrongly is refused with one sentence, and one may be stopped.
const bad = async (body, what) => {
  const r = await watcher.post('/api/rules/replays', body)
  check([400, 404].includes(r.status) && r.data.error.message.includes(what), `${JSON.stringify(body).slice(0, 40)}: ${r.status} ${r.data.error?.message}`)
}
await bad({}, '写明哪一条规则')
await bad({ rule: 'none' }, '没有装入规则')
await bad({ text: 'hit 1 > 0' }, '第 1 行')
await bad({ text: 'x'.repeat(70000) }, '64 KiB')
const two = [(await watcher.post('/api/rules/replays', { rule: 'over-price' })).data.id, (await watcher.post('/api/rules/replays', { rule: 'hanging-bed' })).data.id]
same((await watcher.post(`/api/rules/replays/${two[1]}/stop`)).status, 200, 'one that waits is stopped')
check(await until(async () => (await watcher.get(`/api/rules/replays/${two[1]}?purpose=audit`)).data.state === 'stopped', 5000), 'and says so')
same((await watcher.post(`/api/rules/replays/${two[1]}/stop`)).status, 409, 'once')
await go(page, '/desk/rules/none')
check((await page.locator('.fault').innerText()).includes('没有装入规则'), 'an unknown rule is told')
await go(page, '/desk/rules')
await clean(page, 'rules', { widths: [390, 320] })
await go(page, '/desk/rules/try')
await page.locator('#rule-text').waitFor()
await clean(page, 'a rule of one’s own', { widths: [320] })

// ---- 举报: taken up, made a case, the sender's name for its officer alone ----
const nobody = await client('')
const second = await client('demo-second')
const named = (await nobody.post('/api/reports', { provider: 'H99010100001', text: '同一天重复收费两次', name: '测试己', contact: '13900000000' })).data.report
const secret = (await nobody.post('/api/reports', { provider: 'H99010100001', text: '有人挂床住院' })).data.report
await go(page, '/desk/tips')
const card = (report) => page.locator('article', { hasText: report })
check((await card(named).innerText()).includes('待受理') && !(await card(named).innerText()).includes('测试己'), 'it waits, its sender masked')
await clean(page, 'tips', { widths: [390, 320] })
const step = async (report, name, fill) => {
  await card(report).getByRole('button', { name: new RegExp(`^${name}`) }).first().focus()
  await page.keyboard.press('Enter')
  await fill?.()
  await page.locator('form.step button[type=submit]').focus()
  await page.keyboard.press('Enter')
  await page.locator('[role=status]', { hasText: `${report} 已办` }).waitFor()
}
await step(named, '受理')
await card(named).getByRole('button', { name: /^看举报人/ }).click()
await card(named).locator('[role=status]', { hasText: '测试己' }).waitFor()
same((await second.get(`/api/reports/${named}/sender?purpose=audit`)).status, 403, 'another officer is not told')
await step(named, '立案')
const row = (await watcher.get('/api/reports?purpose=audit')).data.rows.find((r) => r.report === named)
check(row.case && row.state === 'checking' && row.due, `a case is opened from it: ${row.case}`)
same((await watcher.get(`/api/cases/${row.case}?purpose=audit`)).data.head.kind, 'tip', 'of its kind')
await step(secret, '受理')
await step(secret, '不属实', () => page.fill('#note', '现场核查，病人在院'))
same((await watcher.get('/api/reports?purpose=audit&state=unfounded')).data.rows[0].report, secret, 'one is unfounded, with an answer')
const wrong = async (path, body, status) => same((await watcher.post(path, body)).status, status, `${path} ${JSON.stringify(body)}`)
await wrong(`/api/reports/${secret}/acts`, { act: 'accept' }, 409)
await wrong(`/api/reports/${secret}/acts`, { act: 'none' }, 400)
await wrong('/api/reports/none/acts', { act: 'accept' }, 404)
await wrong('/api/tips/none/answer', { answer: '好' }, 404)
await end()
