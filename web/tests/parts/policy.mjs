// 政策室 and 医院沙盒 in Debian's chromium: "+5 points" drafted, replayed, reviewed by a second officer, published;
// two documents side by side; a 2207 sent, its reply, its books, the client's score.
import { writeFileSync } from 'node:fs'
import { check, clean as looked, client, data, end, go, pick, run, same, server, settled, tabTo, text, until, visitor } from '../page.mjs'

const clean = (page, what) => looked(page, what, { widths: [320] })
const YEAR = new Date().getFullYear() + 1

// ---- documents ----
const officer = await visitor('demo-officer')
for (const path of ['/desk/policies', '/desk/policies/990100/390/2026-01-01?line=77']) {
  await go(officer, path)
  await officer.locator('h2').first().waitFor()
  await clean(officer, path)
}

// ---- "+5 points": written with live checks, replayed, its effect read ----
await go(officer, '/desk/draft')
await officer.getByRole('button', { name: '第九条 支付比例' }).click()
const area = officer.locator('#draft-text')
await area.fill((await area.inputValue()).replace('| 60%  |', '| 65%  |').replace(/^# .*/, '# 三级医院提高五个百分点'))
await officer.locator('[data-diff] li').first().waitFor()
check((await text(officer, '[data-diff]')).includes('60% → 65%'), '+5 points, told in words')
await officer.locator('.plot canvas').waitFor()
await clean(officer, 'a draft')
const plus5 = await area.inputValue()
await area.fill(plus5.replace('65%', '65'))
await officer.locator('.findings .bad').first().waitFor()
check((await officer.locator('.findings .bad').count()) > 0, 'a slip is told while it is typed')
await area.fill(plus5)
await officer.locator('[data-ok]').waitFor()
await officer.getByRole('button', { name: '保存' }).click()
await officer.locator('[data-steps]').waitFor()
await officer.waitForURL(/\/draft\/\d+$/)
const number = Number(officer.url().split('/').pop())
await officer.getByRole('button', { name: '重放一年' }).click()
await officer.locator('[data-replay]').waitFor()
const effect = await text(officer, '[data-replay]')
// What the page says of the draft is what the command says of the same text.
const paper = server.folder + '/page-draft.md'
writeFileSync(paper, plus5)
const printed = run('replay', '--data', data, '--draft', paper)
const fund = /城乡居民基本医疗保险基金 +[\d,.]+ +[\d,.]+ +(\+[\d,]+\.\d\d)/.exec(printed)?.[1] ?? 'nothing'
check(fund.length > 8 && effect.includes(fund) && effect.includes('谁受益'), `the year replayed: cost (${fund}), winners and losers`)
// A second one, of a sample; both stay listed with the draft.
await officer.locator('.slide [role=slider]').focus()
for (let i = 0; i < 16; i++) await officer.keyboard.press('ArrowLeft')
await officer.getByRole('button', { name: '重放一年' }).click()
await officer.locator('[data-replays] tbody tr').nth(1).waitFor()
await officer.locator('[data-replays] tbody tr', { hasText: '完成' }).nth(1).waitFor()
check((await text(officer, '[data-replays]')).includes('20 %'), 'a sample beside the whole')
await clean(officer, 'a replay')
await go(officer, `/desk/draft/${number}`)
await officer.locator('[data-replays] tbody tr').nth(1).waitFor()
check((await officer.locator('[data-replays] tbody tr').count()) === 2, 'and they are there when it is opened again')

// ---- two persons ----
await officer.locator('[data-ok]').waitFor()
await officer.getByRole('button', { name: '送审', exact: true }).click()
await officer.locator('[data-state]', { hasText: '送审中' }).waitFor()
check((await officer.getByRole('button', { name: '同意' }).count()) === 0, 'who wrote it is not offered to approve it')
const reviewer = await visitor('demo-reviewer')
await go(reviewer, '/desk/drafts')
await clean(reviewer, 'drafts')
await reviewer.locator('[data-drafts=waiting] a', { hasText: '三级医院提高五个百分点' }).click()
await reviewer.locator('[data-steps]').waitFor()
await reviewer.getByRole('button', { name: '退回' }).click()
check((await text(reviewer, '[data-steps] .fault')).includes('意见'), 'a return says why')
await reviewer.fill('#remark', '请把生效日写进标题')
await clean(reviewer, 'a review')
await reviewer.getByRole('button', { name: '退回' }).click()
await reviewer.locator('[data-state]', { hasText: '已退回' }).waitFor()
await go(officer, `/desk/draft/${number}`)
await officer.locator('[data-steps] .note', { hasText: '请把生效日写进标题' }).waitFor()
await area.fill(plus5.replace('五个百分点', `五个百分点（${YEAR} 年起）`))
await officer.getByRole('button', { name: '保存' }).click()
await officer.locator('[data-state]', { hasText: '起草中' }).waitFor()
await officer.getByRole('button', { name: '送审', exact: true }).click()
await officer.locator('[data-state]', { hasText: '送审中' }).waitFor()
// the second officer, with the keyboard alone
await go(reviewer, `/desk/draft/${number}`)
await reviewer.locator('[data-steps]').waitFor()
check(await tabTo(reviewer, /^同意$/), 'the keyboard reaches 同意, visibly')
await reviewer.keyboard.press('Enter')
await reviewer.locator('[data-publish]').waitFor()
check(await tabTo(reviewer, 'source'), 'and the number of the document')
await reviewer.keyboard.type('示医保发〔2026〕9号')
await clean(reviewer, 'a publication')
check(await tabTo(reviewer, /^发布$/), 'and 发布')
await reviewer.keyboard.press('Enter')
await reviewer.locator('[data-state]', { hasText: '已发布' }).waitFor()
await go(reviewer, '/desk/drafts')
check((await text(reviewer, '[data-log]')).includes('demo-officer → demo-reviewer'), 'the log names both')
await clean(reviewer, 'the log')
await go(reviewer, `/desk/policies/990100/390/${YEAR}-01-01`)
check((await text(reviewer, '.page-of-law')).includes('示医保发〔2026〕9号'), 'and it reads as a document')
await reviewer.context().close()

// ---- two side by side ----
await go(officer, `/desk/compare?a=document:990100/390/2026-01-01&b=document:990100/390/${YEAR}-01-01`)
await officer.locator('[data-diff] li').first().waitFor()
check((await text(officer, '[data-diff]')).includes('60% → 65%'), 'what differs, in words')
await officer.locator('.plot canvas').waitFor()
const example = officer.locator('[data-bill]').nth(1)
check((await example.innerText()).includes('11,520.00') && (await example.innerText()).includes('12,480.00'), 'an example bill under both: (20,000 − 800) × 60 % and × 65 %')
await clean(officer, 'compared')
await go(officer, '/desk/compare?a=document:990100/310/2026-01-01&b=document:990200/310/2026-01-01')
await officer.locator('[data-diff] li').first().waitFor()
check((await text(officer, '[data-diff]')).includes('→'), 'two cities')
await clean(officer, 'two cities')

// ---- 医院沙盒 ----
const office = await visitor('demo-hospital')
await go(office, '/desk/sandbox')
async function choose(number) {
  await pick(office, '#tx', number)
  await until(async () => (await office.inputValue('#body')).includes(`"infno": "${number}"`))
  await settled(office)
}
async function press() {
  const send = office.getByRole('button', { name: '发送', exact: true })
  await send.click()
  await send.waitFor() // it has another name until reply, books and log are there
}
async function play(number) {
  await choose(number)
  await press()
  return office.locator('[data-reply]').getAttribute('data-reply')
}
for (const number of ['9001', '2201', '2203', '2204', '2206', '2207']) same(await play(number), 'ok', `the sandbox, ${number}`)
check((await text(office, '[aria-labelledby=books]')).includes('fund:310100'), 'the entries of the 2207')
check((await text(office, '[aria-labelledby=books]')).includes('门诊统筹.已付'), 'the accumulators, before and after')
await office.locator('[data-score] summary').click()
check((await text(office, '[data-clause=OUTPATIENT]')).includes('✓'), 'the score: the whole outpatient chain was walked')
check((await text(office, '[data-score]')).includes('还没试'), 'and what was not tried is said')
const area2 = office.locator('#body')
await area2.fill((await area2.inputValue()).replace('"psn_no": "99010100000000000000000001"', '"psn_no": ""'))
await press()
await office.locator('[data-reply=refused]').waitFor()
check((await text(office, '[data-reply=refused]')).includes('psn_no'), 'a refusal names its field')
await settled(office)
check((await text(office, '[aria-labelledby=log]')).includes('拒绝'), 'and stands in the log')
const was = await office.locator('#clock').inputValue()
await office.getByRole('button', { name: '下一年 1 月 1 日' }).click()
same(await office.locator('#clock').inputValue(), `${Number(was.slice(0, 4)) + 1}-01-01 09:00:00`, 'the clock moves')
await choose('1101')
same(await office.locator('#clock').inputValue(), `${Number(was.slice(0, 4)) + 1}-01-01 09:00:00`, 'and stays moved')
await press()
await office.locator('[data-reply=ok]').waitFor()
check((await text(office, '.reply-body')).includes(`${Number(was.slice(0, 4)) + 1}0101`), 'the reply is of that day')
// Every transaction comes with a body; one that only reads is answered by it.
const all = (await (await client('demo-hospital')).get('/api/sandbox/transactions')).data.rows
check(all.length > 120, `${all.length} transactions`)
await choose('3608')
check(JSON.parse(await area2.inputValue()).infno === '3608' && Object.keys(JSON.parse(await area2.inputValue()).input).length > 0, 'a body for one without a sample of its own')
await clean(office, 'the sandbox')
await office.context().close()
await end()
