// docs/tour.md and its pictures, from a running demonstration:  node web/scripts/tour.mjs URL [NAME…]
// With names, only those pictures are made anew.
// Pictures are laid down with at most 256 colours, so that they stay small.
import { deflateSync, inflateSync } from 'node:zlib'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { open, PASSWORD, signIn } from './browser.mjs'

const [base, ...names] = process.argv.slice(2)
const folder = new URL('../../docs/tour/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const f of readdirSync(folder)) if (!names.length) rmSync(new URL(f, folder))

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n >>> 0
})
const crc = (b) => {
  let c = 0xffffffff
  for (const x of b) c = CRC[(c ^ x) & 255] ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc(body), body.length + 4)
  return out
}
function small(png) {
  let at = 8
  let head
  const data = []
  while (at < png.length) {
    const n = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    if (type === 'IHDR') head = png.subarray(at + 8, at + 8 + n)
    if (type === 'IDAT') data.push(png.subarray(at + 8, at + 8 + n))
    at += n + 12
  }
  const w = head.readUInt32BE(0)
  const h = head.readUInt32BE(4)
  const bpp = head[9] === 6 ? 4 : 3
  const raw = inflateSync(Buffer.concat(data))
  const px = Buffer.alloc(w * h * bpp)
  const row = w * bpp
  for (let y = 0; y < h; y++)
    for (let x = 0; x < row; x++) {
      const a = x >= bpp ? px[y * row + x - bpp] : 0
      const b = y ? px[(y - 1) * row + x] : 0
      const c = y && x >= bpp ? px[(y - 1) * row + x - bpp] : 0
      const p = a + b - c
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
      const guess = [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][raw[y * (row + 1)]]
      px[y * row + x] = raw[y * (row + 1) + 1 + x] + guess
    }
  const count = new Map()
  const key = (i) => ((px[i] >> 2) << 12) | ((px[i + 1] >> 2) << 6) | (px[i + 2] >> 2)
  for (let i = 0; i < px.length; i += bpp) count.set(key(i), (count.get(key(i)) ?? 0) + 1)
  const best = [...count].sort((x, y) => y[1] - x[1]).slice(0, 256).map(([k]) => k)
  const rgb = (k) => [k >> 12, (k >> 6) & 63, k & 63].map((v) => Math.round((v * 255) / 63))
  const index = new Map(best.map((k, i) => [k, i]))
  const nearest = (k) => {
    const [r, g, b] = rgb(k)
    let at = 0
    let least = Infinity
    best.forEach((x, i) => {
      const [p, q, s] = rgb(x)
      const d = (p - r) ** 2 + (q - g) ** 2 + (s - b) ** 2
      if (d < least) [least, at] = [d, i]
    })
    return at
  }
  const out = Buffer.alloc((w + 1) * h)
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const k = key((y * w + x) * bpp)
      if (!index.has(k)) index.set(k, nearest(k))
      out[y * (w + 1) + 1 + x] = index.get(k)
    }
  const header = Buffer.from(head)
  header[8] = 8
  header[9] = 3
  return Buffer.concat([png.subarray(0, 8), chunk('IHDR', header), chunk('PLTE', Buffer.from(best.flatMap(rgb))), chunk('IDAT', deflateSync(out, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

const bill = '/bills/990100S00000003000001'
const draft = async (page) => {
  await page.getByRole('button', { name: '第九条 支付比例' }).click()
  const area = page.locator('#draft-text')
  await area.fill((await area.inputValue()).replace('| 60%  |', '| 65%  |'))
  await page.locator('[data-diff] li').first().waitFor()
  await page.locator('.plot canvas').waitFor()
}
const replay = async (page) => {
  await draft(page)
  const go = page.getByRole('button', { name: '重放一年' })
  if (!(await go.count())) return
  await go.click()
  await page.locator('[data-replay]').waitFor({ timeout: 120000 })
  await page.locator('[data-replay]').scrollIntoViewIfNeeded()
}
// Written and sent by one officer, looked at by the other.
const review = async (page) => {
  const context = await browser.newContext({ locale: 'zh-CN' })
  const author = await context.newPage()
  await signIn(author, base, 'demo-officer', PASSWORD, '/desk/sign-in')
  await author.goto(base + '/desk/draft')
  await draft(author)
  await author.getByRole('button', { name: '保存' }).click()
  await author.locator('[data-steps]').waitFor()
  await author.locator('[data-ok]').waitFor()
  await author.getByRole('button', { name: '送审', exact: true }).click()
  await author.locator('[data-state]', { hasText: '送审中' }).waitFor()
  await context.close()
  await page.reload()
  await page.locator('[data-drafts=waiting] a').first().click()
  await page.locator('[data-steps]').waitFor()
  await page.locator('.plot canvas').waitFor()
  await page.locator('[data-steps]').scrollIntoViewIfNeeded()
}
const curves = async (page) => {
  await page.locator('.plot canvas').waitFor()
  await page.locator('#curves').scrollIntoViewIfNeeded()
}
const handbook = async (page) => {
  const made = await (await page.request.get(base + '/api/handbook?region=990100&scheme=390')).json()
  await page.goto('about:blank')
  await page.setContent(made.html)
  if (made.calculator) {
    await page.locator('form button').click()
    await page.locator('#result .big').waitFor()
    await page.locator('#calc').scrollIntoViewIfNeeded()
    await page.locator('#result .big').scrollIntoViewIfNeeded()
  }
}
const score = async (page) => {
  await send(page)
  await page.locator('[data-score] summary').click()
  await page.locator('[data-score]').scrollIntoViewIfNeeded()
}
const send = async (page) => {
  for (const n of ['9001', '2201', '2203', '2204', '2207']) {
    await page.locator('.el-select', { has: page.locator('#tx') }).click()
    await page.keyboard.type(n)
    await page.getByRole('option', { name: n }).first().click()
    await page.waitForFunction((no) => document.querySelector('#body').value.includes(`"infno": "${no}"`), n)
    await page.getByRole('button', { name: '发送', exact: true }).click()
    await page.locator('[data-reply]').waitFor()
    await page.waitForTimeout(400)
  }
}
const openRow = async (page) => {
  await page.getByRole('button', { name: /基本统筹/ }).click()
  await page.getByRole('button', { name: /基本统筹/ }).scrollIntoViewIfNeeded()
}
// A few matters, so that the queue has something to show.
const matters = async (page) => {
  await page.evaluate(async () => {
    const csrf = (await (await fetch('/api/session')).json()).csrf
    const post = (path, body) => fetch('/api/' + path, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF': csrf }, body: JSON.stringify({ purpose: 'service', ...body }) })
    const person = 'persons/99010100000000000000000003/matters'
    const id = { have: ['有效身份证件或社会保障卡（医保电子凭证）'] }
    if ((await (await fetch('/api/matters?purpose=service')).json()).list.total) return
    await post(person, { kind: 'chronic', fields: { disease: 'M01600', from: '2026-03-18' }, papers: id })
    await post(person, { kind: 'certificate', papers: id })
    await post('persons/99010100000000000000000001/matters', { kind: 'two-diseases', fields: { disease: 'M03900', from: '2026-03-18' }, papers: { have: [...id.have, '确诊高血压或糖尿病的诊断证明或规范管理记录'] } })
  })
  await page.reload()
  await page.locator('table').waitFor()
}
const quote = async (page) => {
  await page.locator('#c-provider').click()
  await page.keyboard.type('第二人民')
  await page.waitForTimeout(300)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  for (const [id, v] of [['c-invoice', '26990100001'], ['c-begin', '2026-10-12'], ['c-end', '2026-10-16'], ['c-diagnosis', 'J18.900'], ['c-diag-name', '肺炎']]) await page.fill('#' + id, v)
  await page.getByLabel('第 1 行 项目编码').fill('001102000010000')
  await page.getByLabel('第 1 行 单价').fill('9')
  await page.getByLabel('第 1 行 数量').fill('1000')
  await page.getByRole('button', { name: '试算' }).click()
  await page.locator('[data-quote]').waitFor()
  await page.locator('#c-diagnosis').scrollIntoViewIfNeeded()
}
const wait = (what) => async (page) => page.locator(what).first().waitFor()
const rule = async (page) => {
  await page.getByRole('button', { name: '试跑', exact: true }).click()
  await page.locator('[data-found]').waitFor()
  await page.locator('[data-found]').scrollIntoViewIfNeeded()
}
const clearing = async (page) => {
  await page.locator('table').first().waitFor()
  await page.getByRole('button', { name: /^打开/ }).first().click()
  await page.getByRole('button', { name: /^起草|^重新起草|^确认入账/ }).first().waitFor()
}
const cases = async (page) => {
  await page.getByRole('button', { name: '填入例子' }).click()
  await page.getByRole('button', { name: '分组', exact: true }).click()
  await page.getByRole('button', { name: /为什么 乙/ }).click()
  await page.locator('#result').scrollIntoViewIfNeeded()
}
// user, path, name, words, what is done first
const STOPS = [
  ['demo-bing', '/', 'home', '**首页**：今年花了多少、离下一层还差多少、最近的账单。'],
  ['demo-bing', bill, 'bill', '**账单**：谁付了多少，一条色带；各方加起来与总费用相等，由页面当场核对。'],
  ['demo-bing', bill, 'why', '**为什么**：点开一行，是算式和条款原文，再点到政策原文的那一条。', openRow],
  ['demo-bing', '/policies/990100/390/2026-01-01?line=77', 'clause', '**原文**：账单依据的那一条在文件里标出来。'],
  ['demo-bing', '/year', 'year', '**今年到哪一步了**：起付线、限额、下一层还差多少。'],
  ['demo-bing', '/policies', 'plain', '**政策大白话**：同一份文件，用一句话说；不登录也能看。'],
  ['demo-bing', bill, 'elder', '**长者版**：一点就大，高对比，读给我听，三步之内看到账单。', async (p) => p.getByRole('button', { name: '长者版' }).click(), 'phone'],
  ['demo-bing', '/code', 'code', '**我的凭证**：医保码每分钟换新，窗口扫了就认；参保凭证带编号和查询码，谁都可以核对。', async (p) => p.locator('.qr path').waitFor()],
  ['demo-bing', '/filings', 'filing', '**办事**：承诺制的备案提交即办结，其余看得到走到哪一步。', async (p) => p.getByRole('button', { name: /办理 异地长期居住人员备案/ }).click()],
  ['demo-bing', '/family', 'family', '**家人**：请求、同意、收回，都有范围、期限和记录。', async (p) => p.getByRole('button', { name: '让家人看我的…' }).click()],
  ['demo-bing', '/report', 'report', '**举报**：可以不留姓名，凭编号和查询码查进度、领奖励。'],
  ['demo-bing', '/funds', 'funds', '**基金公开**：每个基金逐月收支、结余、够付几个月；不登录也能看。', async (p) => p.locator('.fund table').first().waitFor()],
  ['demo-clerk', '/desk/persons/99010100000000000000000003?purpose=service', 'file', '**柜台，一人一档**：一个搜索框找到人；姓名证件先遮住，说明用途才看，看过就有记录。'],
  ['demo-clerk', '/desk/matters', 'matters', '**办件**：今日到期在前；缺的材料一次告知，等补正时计时停。', matters],
  ['demo-clerk', '/desk/persons/99010100000000000000000003/matters/new?kind=reimburse-stay', 'reimburse', '**手工报销**：录入票据，当场给出结果和每一层的来由；两人审核，银行付款。', quote],
  ['demo-officer', '/desk/policies/990100/390/2026-01-01', 'policy', '**政策室**：条文与表格并列，每条标明依据状态。'],
  ['demo-officer', '/desk/draft', 'draft', '**起草修订**：从条款照抄再改数，边写边查；差别用话说，一张账单会怎样画成线。', draft],
  ['demo-officer', '/desk/draft', 'replay', '**重放一年**：把草案套在全年账单上，看各基金的变动和受影响的人。', replay, 'desktop'],
  ['demo-reviewer', '/desk/drafts', 'review', '**审核与发布**：写草案的人不能审；另一位政策员同意了才能发布，发布后当场生效，记进只增不改的记录。', review],
  ['demo-officer', '/desk/compare?a=document:990100/310/2026-01-01&b=document:990200/310/2026-01-01', 'compare', '**并列比较**：两份草案、草案与现行、两个地方：差别用话说，曲线画在一张图上，例账逐行并列。', curves],
  ['demo-officer', '/desk/policies/990100/390/2026-01-01', 'handbook', '**手册与计算器**：同一份文件做成一个 HTML，断网也能算，算的就是结算的引擎。', handbook],
  ['demo-hospital', '/desk/sandbox', 'score', '**一致性得分**：这家机构自己的调用做到了哪些，没做到的写明下一步或被拒的原因。', score, 'desktop'],
  ['demo-officer', '/desk/cockpit', 'cockpit', '**驾驶舱**：还能付几个月、收支、每分钟结算、指标与目标；口径是记账。', wait('.gauge')],
  ['demo-officer', '/desk/clearing', 'clearing', '**月度清算**：一家机构一个月应付多少、抵扣多少、应拨多少，逐行有来由；一人办，另一人核定。', clearing],
  ['demo-hospital', '/desk/morning', 'morning', '**医保办**：早上一页，没对平的日子、到期的清单、要改的、等答复的、同组比较。', wait('.cards')],
  ['demo-officer', '/desk/grouping', 'grouping', '**分组室**：贴入病例，看分到哪组、为什么，医院并列。', cases],
  ['demo-supervisor', '/desk/today', 'today', '**今日疑点**：当天结算按规则现算，各县一格。', wait('.tiles')],
  ['demo-supervisor', '/desk/rules/drug-course-days', 'rule', '**试一条规则**：规则是一段文字，改了当场检查；在去年的结算上试跑，多查出谁、少查出谁，逐条有依据。', rule, 'desktop'],
  ['demo-supervisor', '/desk/site', 'site', '**现场检查**：检查人的手机，今天去哪里、看到什么、照片的摘要。', async (p) => p.getByRole('button', { name: /示例市第一人民医院/ }).click(), 'phone'],
  ['demo-hospital', '/desk/sandbox', 'sandbox', '**医院沙盒**：报文已填好，发出去看应答、分录、累计前后和调用记录。', send],
]
const browser = await open()
let page = '# 看一遍\n\n以下图片由 `./yh tour` 从演示数据生成；人和机构都是虚构的。登录名与密码见 `./yh run` 的最后几行。\n'
for (const size of ['desktop', 'phone']) {
  for (const [user, path, name, words, act, only] of STOPS) {
    if (only && only !== size) continue
    if (names.length && !names.includes(name)) {
      STOPS.find((s) => s[2] === name).files = [...(STOPS.find((s) => s[2] === name).files ?? []), `${name}-${size}.png`]
      continue
    }
    const context = await browser.newContext({ viewport: size === 'phone' ? { width: 390, height: 780 } : { width: 1180, height: 780 }, reducedMotion: 'reduce', locale: 'zh-CN' })
    const p = await context.newPage()
    p.setDefaultTimeout(Number(process.env.YH_PATIENCE ?? 30000))
    // Passwords are hashed one after the other: on a busy machine the queue may be full.
    await signIn(p, base, user, PASSWORD, user === 'demo-bing' ? '/sign-in' : '/desk/sign-in').catch(async () => {
      await p.waitForTimeout(3000)
      await signIn(p, base, user, PASSWORD, user === 'demo-bing' ? '/sign-in' : '/desk/sign-in')
    })
    await p.goto(base + path)
    await p.waitForLoadState('networkidle')
    if (act) await act(p)
    await p.waitForTimeout(400)
    const file = `${name}-${size}.png`
    writeFileSync(new URL(file, folder), small(await p.screenshot()))
    await context.close()
    STOPS.find((s) => s[2] === name).files = [...(STOPS.find((s) => s[2] === name).files ?? []), file]
    void words
  }
}
for (const stop of STOPS) {
  page += `\n${stop[3]}\n\n`
  for (const f of stop.files) page += `![${stop[2]}](tour/${f}) `
  page = page.trimEnd() + '\n'
}
writeFileSync(new URL('../../docs/tour.md', import.meta.url), page)
await browser.close()
