// 我的医保 in Debian's chromium: my bill and why, with the keyboard alone, the elder edition, 400 %, a slow line.
import { amount, base, BING, browser, check, clean, client, end, go, JIA, large, PASSWORD, same, settled, tabTo, text, visitor } from '../page.mjs'

// ---- 我的医保: see my bill and why ----
const bing = await client('demo-bing')
const list = (await bing.get('/api/me/bills')).data.rows
const stay = list.find((b) => b.total === 2500000)
check(stay, 'the demonstration’s stay is there')

const me = await visitor('demo-bing')
await go(me, '/')
await me.getByRole('link', { name: '我的账单' }).first().click()
await me.getByRole('link', { name: /示例市第一人民医院/ }).first().click()
await me.locator('[data-sum] .ok').waitFor()
same(amount(await text(me, '.big')), stay.person_part, 'what I paid')
check((await text(me, '[data-sum]')).includes('25,000.00'), 'the parts add up to the total')
await me.getByRole('button', { name: /基本统筹/ }).click()
check((await text(me, '.why')).includes('(22,000.00 − 起付 800.00) × 60%'), 'the amount opens to its formula')
check((await text(me, '.why')).includes('起付标准以上一级 80%、二级 70%、三级 60%'), 'and to the words of the clause')
check((await me.locator('.ways .card').count()) >= 2 && (await text(me, '.ways')).includes('二级医院'), '怎样能少付 names the county hospital')
await clean(me, 'a bill, opened')
await me.getByRole('link', { name: /在原文中查看 第九条/ }).first().click()
await me.locator('.clause-sheet.cited mark').waitFor()
check((await text(me, '.clause-sheet.cited')).includes('支付比例'), 'the clause stands highlighted in its document')
check(await me.locator('.clause-sheet.cited').evaluate((e) => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight }), 'and in sight')
await clean(me, 'a document')

// 这不是我, with the keyboard alone
const keys = await visitor('')
await go(keys, '/sign-in')
await keys.keyboard.press('Tab')
for (let i = 0; i < 30 && (await keys.evaluate(() => document.activeElement?.id)) !== 'user'; i++) await keys.keyboard.press('Tab')
await keys.keyboard.type('demo-bing')
await keys.keyboard.press('Tab')
await keys.keyboard.type(PASSWORD)
await keys.keyboard.press('Enter')
await keys.getByRole('heading', { name: /您好/ }).waitFor()
same(await tabTo(keys, '我的账单'), true, 'by keyboard to the bills, with a visible focus')
await keys.keyboard.press('Enter')
await keys.getByRole('heading', { name: '我的账单' }).waitFor()
same(await tabTo(keys, '示例市第一人民医院'), true, 'to the bill')
await keys.keyboard.press('Enter')
await keys.locator('[data-sum]').waitFor()
await settled(keys)
same(await tabTo(keys, '医疗救助'), true, 'to an amount')
await keys.keyboard.press('Enter')
check((await text(keys, '.why')).includes('余额'), 'which opens')
const told = await keys.locator('.charge [role=status]').count()
same(await tabTo(keys, '这不是我'), true, 'to a line')
await keys.keyboard.press('Enter')
await keys.locator('.tip textarea').waitFor()
same(await tabTo(keys, '反映给监管人员', 4), true, 'to the report')
await keys.keyboard.press('Enter')
await keys.locator('.charge [role=status]').nth(told).waitFor()
check((await text(keys, '.charge [role=status]')).includes('已反映'), 'reported without a mouse')
await keys.context().close()

// The other pages: there, in shape, clean
for (const [path, heading] of [['/', /您好/], ['/bills', '我的账单'], ['/year', '今年到哪一步了'], ['/account', '个人账户'], ['/seen', '谁看过我的数据'], ['/calculator', '算一算要付多少'], ['/policies', '政策大白话'], ['/providers', '定点医院和药店'], ['/no-such', '没有这个页面']]) {
  await go(me, path)
  await me.getByRole('heading', { name: heading }).first().waitFor()
  await clean(me, path)
}
await go(me, '/year')
check((await text(me, 'main')).includes('倾斜救助') && (await text(me, 'main')).includes('再自付 3,830.60 元'), 'what is left before the next layer')
await go(me, '/policies')
check(/三级医院|各级医院/.test(await text(me, 'main')) && (await text(me, 'main')).includes('报 60%'), 'the policy in plain words')
await go(me, '/calculator')
await me.fill('#total', '22000')
await me.getByRole('button', { name: '算一算' }).click()
await me.getByRole('heading', { name: '结果' }).waitFor()
check((await text(me, 'main')).includes('12,720.00'), 'the calculator: (22,000 − 800) × 60 %')
await clean(me, 'the calculator’s result')
await me.fill('#total', 'abc')
await me.getByRole('button', { name: '算一算' }).click()
check((await text(me, '#calc-error')).includes('总费用'), 'a wrong amount is told at its field')
await go(me, '/providers')
await me.fill('#q', '大药房')
await me.keyboard.press('Enter')
await me.getByText('示例大药房').waitFor()
check(!(await text(me, 'main')).includes('人民医院'), 'a pharmacy is found, and nothing else')
const jia = await visitor('demo-jia')
await go(jia, '/account')
check((await text(jia, 'main')).includes('本人') && (await jia.locator('td.num').count()) > 1, 'account flow, and who used it')
await clean(jia, 'an account with movements')
await jia.context().close()

// English
await me.getByRole('button', { name: 'English' }).click()
await go(me, `/bills/${stay.settlement}`)
check((await text(me, 'main')).includes('Insurance paid'), 'in English')
await me.getByRole('button', { name: /Basic pooling fund/ }).click()
check((await text(me, '.why')).includes('(22,000.00 − deductible 800.00) × 60%'), 'the formula too, from the rows that were kept in Chinese')
same(await me.locator('.why .clause b').first().getAttribute('lang'), 'zh-CN', 'the clause keeps its own title, marked as Chinese')
await clean(me, 'a bill in English')
await me.getByRole('button', { name: '中文' }).click()

// ---- 长者版: one tap; large; three steps; read aloud ----
const old = await visitor('demo-bing', { viewport: { width: 390, height: 844 } })
await old.addInitScript(() => {
  window.said = []
  Object.defineProperty(window, 'speechSynthesis', { value: { speaking: false, speak: (u) => window.said.push(u.text), cancel() {} } })
})
await go(old, '/')
await old.getByRole('button', { name: '长者版' }).click()
same(await old.evaluate(() => getComputedStyle(document.documentElement).fontSize), '22px', 'large type by one tap')
let steps = 0
await old.getByRole('link', { name: /我的账单/ }).first().click()
steps++
await old.getByRole('link', { name: /示例市第一人民医院/ }).first().click()
steps++
await old.locator('[data-sum]').waitFor()
await settled(old)
check(steps <= 3, 'a bill in at most three steps')
await large(old, 'a bill for the old', 'body')
await old.locator('main').getByRole('button', { name: '读给我听' }).click()
check((await old.evaluate(() => window.said[0] ?? '')).includes('您付了 4,169.40 元'), 'and it is read aloud')
check(await old.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), 'nothing runs over the edge')
await clean(old, 'the elder edition')
await old.context().close()

// ---- zoom 400 %: 1280 px become 320 ----
const tiny = await visitor('demo-bing', { viewport: { width: 320, height: 256 } })
for (const path of ['/', '/bills', `/bills/${stay.settlement}`, '/year', '/account', '/seen', '/calculator', '/policies', '/providers', '/policies/990100/390/2026-01-01']) {
  await go(tiny, path)
  const over = await tiny.evaluate(() => document.scrollingElement.scrollWidth - innerWidth)
  check(over <= 0, `${path} at 400 %: ${over} px over the edge`)
}
await tiny.context().close()

// ---- 1.6 Mbit/s, 150 ms: nothing kept before ----
const line = await visitor('demo-bing', { viewport: { width: 390, height: 844 } })
const cdp = await line.context().newCDPSession(line)
await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 200000, uploadThroughput: 100000 })
await line.goto(base + `/bills/${stay.settlement}`, { waitUntil: 'commit' })
await line.locator('[data-sum]').waitFor()
const times = await line.evaluate(() => ({ paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, bill: performance.now() }))
console.log(`slow line: first paint ${Math.round(times.paint)} ms, the bill readable ${Math.round(times.bill)} ms`)
// Wanted: 1,000 and 2,000 ms.  On a machine that many share only the order of it is held.
check(times.paint < 3000 && times.bill < 8000, 'the page stands soon on a slow line')
await line.context().close()

// ---- signed out ----
const out = await visitor('')
for (const path of ['/', '/sign-in']) {
  await go(out, path)
  await clean(out, `${path} signed out`)
}
await end()
