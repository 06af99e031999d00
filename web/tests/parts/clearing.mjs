// 月度清算 and the cockpit's 拨付: one officer drafts a hospital's month, another confirms it, the hospital sees it, the cockpit counts it.
import { amount, base, check, clean, client, end, go, narrow, same, says, tabTo, text, until, visitor } from '../page.mjs'

const HOSPITAL = 'H99010100001'
const one = await client('demo-officer')
const two = await client('demo-reviewer')
const house = await client('demo-hospital')
const path = (month, more = '') => `/api/clearings/${HOSPITAL}/${month}${more}?purpose=review`
const figure = (f, name) => f.figures.find((x) => x.name === name).amount
const act = (c, month, body) => c.post(`/api/clearings/${HOSPITAL}/${month}/acts`, body)

// ---- the list, and a month as it comes to ----
const d = new Date(Date.now() + 8 * 3600e3)
const back = (n) => { const m = new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() - n, 1)); return m.toISOString().slice(0, 7).replace('-', '') }
const last = back(1)
const list = (await one.get('/api/clearings')).data
same(list.month, last, 'the month before this one')
check(list.rows.some((r) => r.provider === HOSPITAL && r.state === 'none') && list.all >= 5 && list.cleared === 0, 'providers of the pool, none cleared')
const plan = (await one.get(path(last))).data
same(figure(plan, 'net'), plan.figures.filter((f) => f.name !== 'net').reduce((s, f) => s + f.amount, 0), 'the figures add up to what is to be paid')
same(plan.funds.reduce((s, f) => s + f.net, 0), figure(plan, 'net'), 'and so do the funds')
same(plan.cases.reduce((s, c) => s + c.diff, 0), figure(plan, 'bygroup'), 'and the stays to the difference by group')
check(plan.cases_all > 0 && plan.cases.every((c) => c.why), 'each stay says why')
same((await one.get(`/api/clearings/${HOSPITAL}/${last}`)).data?.error?.field, 'purpose', 'a purpose must be stated')
same((await one.get(`/api/clearings/${HOSPITAL}/2026-13?purpose=review`)).data?.error?.field, 'month', 'no such month')
same((await one.get(`/api/clearings/H99020100001/${last}?purpose=review`)).status, 404, 'another pool’s hospital is not there')
same((await house.get(path(last))).status, 404, 'nor for the hospital what is not confirmed')
same((await house.get('/api/clearings')).status, 403, 'nor the list')

// ---- by two persons, on the page ----
const page = await visitor('demo-officer')
await go(page, '/desk/clearing')
same(await tabTo(page, 'q'), true, 'by keyboard to the search')
await page.keyboard.type(HOSPITAL)
await page.keyboard.press('Enter')
await page.locator('table[data-list] tbody tr').nth(1).waitFor({ state: 'detached' })
same(await tabTo(page, '打开'), true, 'and to the hospital')
await page.keyboard.press('Enter')
await page.locator('[data-figure=net]').waitFor()
same(amount(await text(page, '[data-figure=net]')), figure(plan, 'net'), 'the page has the same figure')
await page.getByRole('button', { name: '逐例看' }).click()
check((await page.locator('table[data-stays] tbody tr').count()) === plan.cases.length, 'stay by stay')
await clean(page, 'the clearing')
await narrow(page, 'the clearing')
await page.getByRole('button', { name: '起草', exact: true }).click()
check(await says(page, '.note', '待另一位经办人确认'), 'drafted')
check(await says(page, 'form .soft', '自己起草的'), 'and not for the same to confirm')
same((await act(one, last, { act: 'confirm' })).status, 403, 'not through the API either')
same((await act(two, last, { act: 'return' })).status, 400, 'a return says why')
const second = await visitor('demo-reviewer')
await go(second, '/desk/clearing')
await second.fill('#q', HOSPITAL)
await second.keyboard.press('Enter')
await second.locator('table[data-list] tbody tr').nth(1).waitFor({ state: 'detached' })
await second.getByRole('button', { name: /打开/ }).click()
await second.getByRole('button', { name: '确认入账' }).click()
check(await says(second, '.note', '已核定入账'), 'another confirms it')
const done = (await two.get(path(last))).data
same([done.state, done.officer, done.reviewer, figure(done, 'net')].join(), ['cleared', 'demo-officer', 'demo-reviewer', figure(plan, 'net')].join(), 'booked as drafted, by two')
const pdf = await fetch(base + path(last, '/paper'), { headers: { Cookie: two.cookie } })
check(pdf.headers.get('content-type') === 'application/pdf' && (await pdf.arrayBuffer()).byteLength > 5000, 'as a paper')

// ---- what has moved is refused ----
const before = back(2)
same((await act(one, before, { act: 'draft', bygroup: '12.00', basis: '床日清算单' })).status, 200, 'another month, with a sum given')
same((await act(one, before, { act: 'draft', bygroup: '12.00' })).data?.error?.field, 'bygroup', 'which needs its paper')
same((await act(two, before, { act: 'return', note: '依据不清' })).status, 200, 'returned')
same((await one.get(path(before))).data.draft.remark, '依据不清', 'with its reason')
same((await act(two, String(d.getUTCFullYear()), { act: 'margin', back: '1', basis: 'x' })).status, 400, 'the year of the margin is not over')

// ---- the hospital’s own, and the cockpit ----
const own = (await house.get('/api/hospital/clearings')).data
same(own.rows.map((r) => r.month).join(), last, 'the hospital has the month that is confirmed')
const office = await visitor('demo-hospital')
await go(office, '/desk/morning')
await office.locator('table[data-own] button').click()
await office.locator('[data-figure=net]').waitFor()
same(amount(await text(office, '[data-figure=net]')), figure(plan, 'net'), 'each figure with its reason')
await clean(office, 'the hospital’s clearing')
const paid = await until(async () => {
  const f = (await one.get('/api/funds')).data
  return f.state === 'ready' && f.paid.at(-1).providers !== 0 && f
}, 90000)
same(paid?.paid.at(-1).providers, figure(plan, 'net'), '拨付 of this month is what was confirmed')
same(paid.funds.reduce((s, f) => s + f.months.at(-1).paid, 0) + paid.paid.at(-1).of_no_fund + (plan.funds.find((f) => f.fund === '310200')?.net ?? 0) * (paid.funds.some((f) => f.fund === '310200') ? 0 : 1), figure(plan, 'net'), 'fund by fund')
same(paid.missing.length, 0, 'no closed year is missing')
await go(page, '/desk/cockpit')
await page.getByRole('heading', { name: '记账与拨付，全部基金' }).waitFor()
check((await text(page, 'main')).includes('没有核对原文'), 'the standing of the warning lines stands above them')
await page.locator('section[aria-labelledby=paid] summary').click()
same(amount(await page.locator('section[aria-labelledby=paid] table tbody tr').last().locator('td').nth(1).innerText()), figure(plan, 'net'), 'and on the page')
await clean(page, 'the cockpit with 拨付')

// ---- undone, it is as before ----
same((await act(one, last, { act: 'undo', clearing: done.clearing, note: '演示撤销' })).status, 200, 'undone with a reason')
same((await house.get('/api/hospital/clearings')).data.rows.length, 0, 'and gone from the hospital')
await end()
