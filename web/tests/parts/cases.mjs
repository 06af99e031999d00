// 监管室 in Debian's chromium: reports from the insured, the case board, a case decided by two, rules with their precision.
import { readFileSync } from 'node:fs'
import { check, clean, client, end, go, openCase, same, says, server, text, visitor } from '../page.mjs'

// A report on a bill, and a case of two hits that the first officer checked and the second looked at again.
const bing = await client('demo-bing')
const bill = (await bing.get('/api/me/bills')).data.rows[0]
same((await bing.post(`/api/me/bills/${bill.settlement}/tips`, { words: '我没有用过' })).status, 200, 'a report')
const TITLE = openCase(server)
const one = await client('demo-supervisor')
const two = await client('demo-second')
const CASE = (await one.get('/api/cases')).data.rows.find((r) => r.title === TITLE).case
const act = async (who, body) => same((await who.post(`/api/cases/${CASE}/acts`, body)).status, 200, body.act)
await act(one, { act: 'assign', to: 'demo-supervisor' })
await act(one, { act: 'notice' })
const hits = (await one.get(`/api/cases/${CASE}?purpose=audit`)).data.hits
await act(one, { act: 'answer', hit: hits[0].hit, appeals: '0', note: '无异议' })
await act(one, { act: 'answer', hit: hits[1].hit, appeals: '1', note: '有医嘱' })
await act(two, { act: 'recheck', dropped: hits[1].hit, note: '医嘱属实' })

const watch = await visitor('demo-supervisor')
await go(watch, '/desk/tips')
check(await says(watch, 'main', '我没有用过'), 'the report has arrived')
await clean(watch, 'reports')
// the second proposes, may not approve, the first does
const second = await visitor('demo-second')
async function step(page, name, fill) {
  await page.getByRole('button', { name, exact: true }).click()
  await fill?.()
  await page.fill('#a-note', '测试意见')
  await page.getByRole('button', { name: '确定' }).click()
}
for (const page of [watch, second]) {
  await go(page, '/desk/cases')
  await page.locator('tr', { hasText: TITLE }).getByRole('link').click()
  await page.locator('#steps').waitFor()
}
await step(second, '提出处理意见', () => second.fill('#a-measures', 'talk'))
await second.locator('[role=status]', { hasText: '已办' }).waitFor()
await step(second, '审批决定')
await second.locator('.fault').waitFor()
check((await text(second, '.fault')).length > 5, 'the proposer does not approve')
await clean(second, 'a case with a refusal')
await watch.reload()
await watch.locator('#steps').waitFor()
await step(watch, '审批决定')
await watch.locator('#money').waitFor()
check((await text(watch, '[aria-labelledby=money]')).includes('6.00'), 'approved by another, and booked')
await clean(watch, 'a case')
const [file] = await Promise.all([watch.waitForEvent('download'), watch.getByRole('button', { name: '下载证据包' }).click()])
check(JSON.parse(readFileSync(await file.path(), 'utf8')).sha256.length === 64, 'its evidence pack is a file')
await go(watch, '/desk/cases')
check((await text(watch, 'main')).includes(TITLE), 'the board')
await clean(watch, 'the board')
await go(watch, '/desk/rules')
await watch.fill('#q', 'drug-sex')
check((await text(watch, '[aria-label=规则] table')).includes('100%'), 'a rule with its precision')
await clean(watch, 'rules')
await second.context().close()
await end()
