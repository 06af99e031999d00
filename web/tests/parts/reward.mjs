// 举报 from its arrival to its reward in Debian's chromium, and between the two the case that it became part of: a
// hearing offered and waived, or held by who did not investigate; the decision; what is paid back.
import { check, clean, client, end, go, openCase, run, same, says, server, text, visitor, whole } from '../page.mjs'

const DAY = ['--data', server.data]
const one = await client('demo-supervisor')
const two = await client('demo-second')
const caseOf = async (no) => (await one.get(`/api/cases/${no}?purpose=audit`)).data

// Two cases of 90.00 of the fund's and 60.00 of the patient's, checked by a third officer, their hits accepted by the
// hospital and looked at again.
async function prepared(title, first) {
  openCase(server, title, { procedure: 'administrative', first, times: 10 })
  const no = (await one.get('/api/cases')).data.rows.find((r) => r.title === title).case
  run('case', 'assign', no, '--to', 'checker', '--officer', 'demo-supervisor', ...DAY)
  run('case', 'notice', no, '--officer', 'checker', ...DAY)
  for (const h of (await caseOf(no)).hits) same((await one.post(`/api/cases/${no}/acts`, { act: 'answer', hit: h.hit, appeals: '0', note: '无异议' })).status, 200, 'answered')
  same((await two.post(`/api/cases/${no}/acts`, { act: 'recheck', note: '属实' })).status, 200, 'looked at again')
  return no
}
const WAIVED = await prepared('放弃听证的案件', 1)
const HELD = await prepared('举行听证的案件', 11)
const PROVIDER = (await caseOf(WAIVED)).head.provider

// ---- four reports: one refused, one found true and rewarded, one found true and not, one of a provider without a case ----
const nobody = await client('')
const report = async (words, provider = PROVIDER) => (await nobody.post('/api/reports', { provider, text: words })).data
const vague = await report('听说这家医院有问题，别的不知道')
const good = await report('三月同一天查了两次血红蛋白，病人只做过一次')
const late = await report('开药天数写得比实际多，清单上看得出来')
const alone = await report('药店里用医保卡卖日用品，收据写成药', 'H99010100008')

const page = await visitor('demo-supervisor')
const second = await visitor('demo-second')
const card = (at, r) => at.locator('article', { hasText: r.report })
const button = (at, r, name) => card(at, r).getByRole('button', { name: new RegExp(`^${name}`) })
async function step(at, r, name, fill) {
  await button(at, r, name).click()
  await fill?.(card(at, r).locator('form.step'))
  await at.locator('form.step button[type=submit]').click()
  await at.locator('[role=status]', { hasText: `${r.report} 已办` }).waitFor()
}
const write = (words) => (form) => form.locator('#note').fill(words)
// What its sender is told: by number and code, on the page that anybody may open.
const sender = await visitor('')
async function told(r, ...words) {
  await go(sender, '/report')
  await sender.fill('#rno', r.report)
  await sender.fill('#rcode', r.code)
  await sender.getByRole('button', { name: '查询' }).click()
  await sender.locator('[data-state]').waitFor()
  const said = await text(sender, '[data-state]')
  for (const w of words) check(said.includes(w), `the sender of ${r.report} reads ${w}: ${said}`)
}

await go(page, '/desk/tips')
await button(page, vague, '不予受理').click()
check(await page.locator('form.step button[type=submit]').isDisabled(), 'none is refused without a word to its sender')
await step(page, vague, '不予受理', write('没有可以核实的线索，请补充时间与事项后再报'))
check((await card(page, vague).innerText()).includes('不予受理') && !(await card(page, vague).getByRole('button').count()), 'refused, and nothing is left to do')
await told(vague, '不予受理', '请补充时间与事项')
for (const r of [good, late, alone]) await step(page, r, '受理')
await button(page, alone, '并入已有案件').click()
check(await says(page, 'form.step', '没有在办案件'), 'a provider without a case: none to choose')
check(await page.locator('form.step button[type=submit]').isDisabled(), 'and nothing to send')
await button(page, good, '并入已有案件').click()
await page.locator('#to-case').waitFor()
const offered = await page.locator('#to-case option').allInnerTexts()
check([WAIVED, HELD].every((no) => offered.some((o) => o.includes(no))), `the open cases of its provider: ${offered}`)
await clean(page, 'a report into a case', { widths: [390, 320] })
await step(page, good, '并入已有案件', () => page.selectOption('#to-case', WAIVED))
check((await card(page, good).innerText()).includes(WAIVED), 'it names its case')
await step(page, late, '并入已有案件', () => page.selectOption('#to-case', HELD))
await told(good, '已并入案件核查')

// ---- the case: a heavy fine wants a hearing; who investigated does not hold it ----
async function at(who, no) {
  await go(who, `/desk/cases/${no}`)
  await who.locator('#steps').waitFor()
}
const press = (who, name) => who.getByRole('group', { name: '可办的事' }).getByRole('button', { name, exact: true }).click()
const confirm = (who) => who.getByRole('button', { name: '确定' }).click()
async function act(who, name, note = '') {
  await press(who, name)
  if (note) await who.fill('#a-note', note)
  await confirm(who)
  await who.locator('[role=status]', { hasText: `已办：${name}` }).waitFor()
}
async function refused(who, name, words, note = '') {
  await press(who, name)
  if (note) await who.fill('#a-note', note)
  await confirm(who)
  await who.locator('.fault').waitFor()
  check((await text(who, '.fault')).includes(words), `${name} is refused: ${await text(who, '.fault')}`)
}
async function proposed(no) {
  await at(second, no)
  await press(second, '提出处理意见')
  await second.fill('#a-measures', 'fine=180.00')
  await confirm(second)
  await second.locator('[role=status]', { hasText: '已办' }).waitFor()
  await at(page, no)
}
await proposed(WAIVED)
await refused(page, '审批决定', '听证')
await act(page, '告知听证权利')
check((await text(page, '.course')).includes('告知听证权利') && (await page.locator('.course details').last().textContent()).includes('听证告知书'), 'the paper that tells of it')
await refused(page, '审批决定', '听证')
await press(page, '当事人放弃听证')
check(await page.getByRole('button', { name: '确定' }).isDisabled() && (await text(page, 'label[for=a-note]')).includes('必填'), 'not without a word')
await act(page, '当事人放弃听证', '机构书面放弃听证')
await act(page, '审批决定', '同意')
await page.locator('#money').waitFor()
await clean(page, 'a case after its hearing', { widths: [390, 320] })
await whole(page, 'a case')
same(await text(page, 'nav a.router-link-active'), '监管室', 'the menu shows which room a case is in')
const decided = await caseOf(WAIVED)
same(decided.head.state, 'decided', 'decided')
same(`${decided.head.upheld} ${decided.person_back}`, '9000 6000', 'booked: 90.00 to the funds, 60.00 to the patient')

await proposed(HELD)
await act(second, '告知听证权利')
await refused(second, '举行听证', '调查人员', '听证笔录')
await at(page, HELD)
await act(page, '举行听证', '机构到场陈述，对金额无异议')
check((await text(page, '.course')).includes('机构到场陈述'), 'what was said stands in the course')
await act(page, '审批决定', '同意')

// ---- paid back: by instalments, not more than is owed; or set off whole by a clearing ----
const owed = async () => (await caseOf(WAIVED)).money.filter((m) => !m.cleared && !m.undone_by && m.kind !== 'undo').reduce((s, m) => s + (m.kind === 'paid' ? -m.other : m.fund + m.person_back + m.other), 0)
const due = await owed()
check(due >= 15000, `${due} fen are owed`)
const yuan = (fen) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
await at(page, WAIVED)
await press(page, '追回')
await page.locator('#a-amount').waitFor()
check((await text(page, 'form')).includes(yuan(due)), 'what is owed is said')
await clean(page, 'a recovery', { widths: [390, 320] })
await page.fill('#a-amount', yuan(due + 1))
await confirm(page)
await page.locator('.fault').waitFor()
check((await text(page, '.fault')).includes(`尚余 ${yuan(due)}`), 'not a fen more')
await page.fill('#a-amount', '40.00')
check(await page.locator('#a-clearing').isDisabled(), 'an amount or a clearing, not both')
await confirm(page)
await page.locator('[role=status]', { hasText: '已办：追回' }).waitFor()
same(await owed(), due - 4000, 'an instalment')
check((await text(page, '[aria-labelledby=money]')).includes('机构交回'), 'told among the money')
await press(page, '追回')
await page.fill('#a-amount', yuan(due - 4000))
await confirm(page)
await page.locator('[role=status]', { hasText: '已办：追回' }).waitFor()
same((await caseOf(WAIVED)).head.state, 'closed', 'the last one closes the case')
await at(second, HELD)
await press(second, '追回')
await second.fill('#a-clearing', '2026-11')
await confirm(second)
await second.locator('[role=status]', { hasText: '已办：追回' }).waitFor()
const off = await caseOf(HELD)
same(off.head.state, 'closed', 'a clearing sets it off whole')
check(off.money.every((m) => m.cleared === '2026-11'), 'and is named by each sum')

// ---- the reward: proposed by one, approved by another; or none, with the reason ----
await go(page, '/desk/tips')
check((await card(page, good).innerText()).includes('属实，待奖励'), 'the decision found it true')
check(!(await button(page, good, '批准奖励').count()), 'none is approved before it is proposed')
await button(page, good, '提出奖励').click()
await page.locator('#tier').waitFor()
await clean(page, 'a reward is proposed', { widths: [390, 320] })
await step(page, good, '提出奖励', () => page.selectOption('#tier', '2'))
// 3 % of 90.00 is less than the tier's least
check((await card(page, good).innerText()).includes('300.00'), `its reward: ${await card(page, good).innerText()}`)
check(!(await button(page, good, '批准奖励').count()), 'who proposed does not approve')
same((await one.post(`/api/reports/${good.report}/acts`, { act: 'approve' })).status, 403, 'nor over the API')
await go(second, '/desk/tips')
await step(second, good, '批准奖励')
check((await card(second, good).innerText()).includes('已奖励'), 'approved by another')
await told(good, '奖励', '300.00')
await button(second, late, '不予奖励').click()
check(await second.locator('form.step button[type=submit]').isDisabled(), 'no reward, but its reason')
await step(second, late, '不予奖励', write('举报前监管已经掌握这一线索'))
check((await card(second, late).innerText()).includes('不予奖励'), 'none is paid')
await told(late, '不予奖励', '已经掌握')
for (const path of ['/desk/cases', '/desk/tips', '/desk/policies', '/desk/persons/99010100000000000000000003?purpose=audit']) {
  await go(second, path)
  await whole(second, path)
}
await end()
