// 监管室 in Debian's chromium: reports from the insured, the case board, a case decided by two, rules with their precision.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { check, clean, client, data, end, go, openCase, same, says, server, text, until, visitor, yiheng } from '../page.mjs'

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
// looked for on the board: by number, provider, officer, last day
const shown = () => watch.locator('main table tbody tr').count()
const all = await shown()
await watch.fill('#find', CASE)
same(await shown(), 1, 'found by its number')
await watch.fill('#find', '没有的机构')
same(await shown(), 0, 'nobody of that name')
await watch.fill('#find', '')
await watch.fill('#until', '2020-01-01')
same(await shown(), 0, 'nothing is due so early')
await watch.fill('#until', '')
await watch.selectOption('#of', 'demo-supervisor')
check((await text(watch, 'main table')).includes(TITLE) && (await shown()) <= all, 'those of one officer')
await watch.selectOption('#of', '')

// ---- a case of a tip begins empty and is filled from the hits of the day ----
const day = await until(async () => { const g = (await one.get('/api/hits')).data; return g.state === 'ready' && g.found }, 60000)
const free = day.rows.filter((r) => !r.case)
const mine = free[0]
const other = free.find((r) => r.provider !== mine.provider)
const opened = (title, provider = mine.provider) => {
  const r = spawnSync(yiheng, ['case', 'open', '--data', data, '--region', '990100', '--provider', provider, '--kind', 'tip', '--source', 'T1', '--officer', 'demo-supervisor', '--title', title], { encoding: 'utf8' })
  same(r.status, 0, r.stderr)
  return r.stdout.split('\n')[1].split('\t')[0]
}
const EMPTY = opened('举报来的案件')
const OVER = opened('撤了的案件')
const add = (no, h, who = one) => who.post(`/api/cases/${no}/acts`, { act: 'add', hits: `${h.hit}@${h.settlement}` })
same((await one.post(`/api/cases/${OVER}/acts`, { act: 'drop', note: '重复' })).status, 200, 'dropped')
const late = await add(OVER, mine)
check(late.status === 409 && late.data.error.message.includes('并入疑点'), `a closed case takes none: ${late.text}`)
const strange = other ? await add(EMPTY, other) : await add(opened('别家的案件', 'H99010100003'), mine)
check(strange.status === 400 && strange.data.error.message.includes('疑点不能并入案件'), `nor one of another provider: ${strange.text}`)
same((await one.post(`/api/cases/${EMPTY}/acts`, { act: 'add', hits: '' })).status, 400, 'none is chosen')
same((await add('990200-2026-00001', mine)).status, 404, 'a case of another area is not there')
same((await add(EMPTY, mine, await client('demo-officer'))).status, 403, 'another role adds none')
await go(watch, `/desk/cases/${EMPTY}`)
await watch.getByRole('link', { name: '加疑点' }).click()
const boxes = watch.locator('.dayHits input[type=checkbox]')
await boxes.first().waitFor()
check((await watch.locator('.dayHits tbody tr').count()) === day.rows.filter((r) => r.provider === mine.provider).length, 'of its provider alone')
await boxes.first().check()
await watch.locator('.openCase fieldset').waitFor()
check(await watch.locator(`.openCase input[value="${EMPTY}"]`).isChecked(), 'the case is chosen already')
check(!(await text(watch, '.openCase')).includes(OVER), 'a closed case is not offered')
await clean(watch, 'hits into a case', { widths: [390] })
await watch.getByRole('button', { name: '并入案件' }).click()
await watch.waitForURL(`**/desk/cases/${EMPTY}`)
await watch.locator('#steps').waitFor()
check((await text(watch, '.course')).includes('并入疑点'), 'its step is told')
const filled = (await one.get(`/api/cases/${EMPTY}?purpose=audit`)).data
same(filled.hits.length, 1, 'the case has its hit')
const twice = await add(EMPTY, filled.hits[0])
check(twice.status === 409 && twice.text.includes(EMPTY), `not twice: ${twice.text}`)
await go(watch, '/desk/rules')
await watch.fill('#q', 'drug-sex')
check((await text(watch, '[aria-label=规则] table')).includes('100%'), 'a rule with its precision')
await clean(watch, 'rules')
await second.context().close()
await end()
