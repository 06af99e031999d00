// Random bills of random kinds are settled through the interface; for each, the reasons shown on the page add
// up to the amounts shown, to the fen.  YH_FULL=1: a thousand bills instead of sixty.
import { amount, base, check, client, end, go, random, same, sample, send, until, visitor } from '../page.mjs'

const many = process.env.YH_FULL ? 1000 : 60
const SEED = 20260318
const draw = random(SEED)
const round = (x) => Math.round(x * 100) / 100

// Who may sign in and see: 甲, employee with an account; 丙, resident of low income (several layers).
const WHO = [
  { user: 'demo-jia', person: '99010100000000000000000001', cert: '990101198001010014', name: '测试甲', scheme: '310', kind: '11', office: '990101' },
  { user: 'demo-bing', person: '99010100000000000000000003', cert: '99012119680315003X', name: '测试丙', scheme: '390', kind: '15', office: '990121' },
]
// drug 乙 10 %, test 甲, night care 丙
const ITEM = [['XA01ABD075A002010100483', 12.5], ['002501010010000-250101001', 80], ['001102000030000-110200003', 15]]
const year = new Date().getFullYear()
const two = (n) => String(n).padStart(2, '0')
const at = (month, day, hour) => `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(draw(60))}:00`
const RUN = 10000000 + (Date.now() % 80000000) // a run's own numbers: a second run on the same books is other calls
let sent = 0
const why = new Map()
async function call(infno, w, change) {
  const m = structuredClone(sample(infno))
  m.msgid = `H990101000012026031810${String(RUN + ++sent)}`
  m.insuplc_admdvs = w.office
  change(m.input)
  const r = await send(base, m)
  if (String(r.infcode) === '0') return r.output ?? {}
  why.set(`${infno} ${r.err_msg}`, (why.get(`${infno} ${r.err_msg}`) ?? 0) + 1)
  return null
}
const who = (w, o) => Object.assign(o, { psn_no: w.person, insutype: w.scheme, mdtrt_cert_type: '02', mdtrt_cert_no: w.cert, certno: w.cert, psn_name: w.name, psn_type: w.kind })
function lines(proto, w, visit, batch, time) {
  return Array.from({ length: 1 + draw(5) }, (_, i) => {
    const [code, price] = ITEM[draw(3)]
    const unit = round(price * (0.3 + draw(100) / 50))
    const count = 1 + draw(9)
    return { ...proto, feedetl_sn: `${batch}-${i + 1}`, init_feedetl_sn: '', mdtrt_id: visit, psn_no: w.person, chrg_bchno: batch, fee_ocur_time: time, med_list_codg: code, cnt: count, pric: unit, det_item_fee_sumamt: round(unit * count) }
  })
}
const rows = (out) => (Array.isArray(out?.result) ? out.result : Object.values(out ?? {}).find((v) => Array.isArray(v)) ?? [])
const sum = (list, key) => round(list.reduce((s, x) => s + Number(x[key] ?? 0), 0))
function sums(o, split, total) {
  return Object.assign(o, { medfee_sumamt: total, fulamt_ownpay_amt: sum(split, 'fulamt_ownpay_amt'), overlmt_selfpay: sum(split, 'overlmt_amt'), preselfpay_amt: sum(split, 'preselfpay_amt'), inscp_scp_amt: sum(split, 'inscp_scp_amt') })
}
async function shop(w, i) {
  const count = 1 + draw(9)
  return call('2102', w, (m) => {
    who(w, m.druginfo)
    m.druginfo.medfee_sumamt = round(12.5 * count)
    m.druginfo.acct_used_flag = String(draw(2))
    Object.assign(m.drugdetail[0], { cnt: count, det_item_fee_sumamt: round(12.5 * count), feedetl_sn: `S${i}` })
  })
}
async function visit(w, i) {
  const time = at(1 + draw(2), 1 + draw(27), 8 + draw(8))
  const v = await call('2201', w, (m) => who(w, m.data) && Object.assign(m.data, { begntime: time, ipt_otp_no: `MZ${i}` }))
  const id = v && JSON.stringify(v).match(/"mdtrt_id":"([^"]+)"/)?.[1]
  if (!id) return null
  if (!(await call('2203', w, (m) => Object.assign(m.mdtrtinfo, { mdtrt_id: id, psn_no: w.person, begntime: time })))) return null
  const feed = lines(sample('2204').input.feedetail[0], w, id, `CB${i}`, time)
  const split = await call('2204', w, (m) => { m.feedetail = feed })
  if (!split) return null
  return call('2207', w, (m) => sums(who(w, m.data), rows(split), sum(feed, 'det_item_fee_sumamt')) && Object.assign(m.data, { mdtrt_id: id, chrg_bchno: `CB${i}`, acct_used_flag: String(draw(2)) }))
}
// The demonstration's day is 18 March; its stays begin after February.
async function stay(w, i, nth) {
  const month = 1 + (nth > 2 ? 1 : 0)
  const day = 2 + (nth % 3) * 8
  const v = await call('2401', w, (m) => who(w, m.mdtrtinfo) && Object.assign(m.mdtrtinfo, { begntime: at(month, day, 9), ipt_no: `ZY${i}`, insuplc_admdvs: w.office, coner_name: w.name }))
  const id = v && JSON.stringify(v).match(/"mdtrt_id":"([^"]+)"/)?.[1]
  if (!id) return null
  const feed = lines(sample('2301').input.feedetail[0], w, id, `ZB${i}`, at(month, day + 1, 9)).map((l) => ({ ...l, pric: l.pric * 20, det_item_fee_sumamt: round(l.det_item_fee_sumamt * 20) }))
  const split = await call('2301', w, (m) => { m.feedetail = feed })
  if (!split) return null
  if (!(await call('2402', w, (m) => { Object.assign(m.dscginfo, { mdtrt_id: id, psn_no: w.person, insutype: w.scheme, endtime: at(month, day + 5, 12) }); m.diseinfo.forEach((d) => Object.assign(d, { mdtrt_id: id, psn_no: w.person })) }))) return null
  return call('2304', w, (m) => sums(who(w, m.data), rows(split), sum(feed, 'det_item_fee_sumamt')) && Object.assign(m.data, { mdtrt_id: id, acct_used_flag: String(draw(2)), insuplc_admdvs: w.office }))
}
const made = { 药店: 0, 门诊: 0, 住院: 0 }
for (const [k, w] of WHO.entries()) {
  const due = Math.ceil(many / WHO.length)
  for (let nth = 0; nth < 6 && nth < Math.ceil(due / 15); nth++) if (await stay(w, `${k}${nth}`, nth)) made.住院++
  for (let i = 0; i < due; i++) {
    if (draw(3)) made.门诊 += (await visit(w, `${k}v${i}`)) ? 1 : 0
    else made.药店 += (await shop(w, `${k}s${i}`)) ? 1 : 0
  }
}
const settled = made.药店 + made.门诊 + made.住院
console.log(`seed ${SEED}: ${settled} random bills settled: ${Object.entries(made).map((e) => e.join(' ')).join(', ')}`)
if (settled < many) console.log([...why].slice(0, 6).map(([s, n]) => `${n} × ${s}`).join('\n'))
check(settled >= many * 0.95, `${settled} of ${many} bills settled`)

// What the page shows of a bill, read at once.  A session may open so many bills a minute (limit.def): a page that
// was put off is asked again, as a person would.
async function opened(page, no) {
  const again = page.getByRole('button', { name: '再试一次' })
  let asked = 0
  return until(async () => {
    const shown = await page.evaluate((n) => ({
      it: [...document.querySelectorAll('p.soft')].some((e) => e.textContent.includes(n)),
      big: [...document.querySelectorAll('.big')].slice(0, 3).map((e) => e.textContent),
      ok: !!document.querySelector('[data-sum] .ok'),
      steps: [...document.querySelectorAll('.steps .step')].map((e) => [e.querySelector('.label')?.textContent, e.parentElement.classList.contains('inner'), e.querySelector('.amount')?.textContent]),
    }), no)
    if (shown.it && shown.big.length === 3) return shown
    if (await again.count() && Date.now() - asked > 3000) {
      asked = Date.now()
      await again.click()
    }
    return null
  }, 90000)
}

let added = 0
let reasons = 0
let undone = 0
for (const w of WHO) {
  const api = await client(w.user)
  const list = []
  for (let p = 1; p < 50; p++) {
    const r = (await api.get(`/api/me/bills?size=100&page=${p}`)).data
    list.push(...r.rows)
    if (r.rows.length < 100) break
  }
  const page = await visitor(w.user)
  await go(page, '/')
  for (const b of list) {
    await page.evaluate((p) => { history.pushState({}, '', p); dispatchEvent(new PopStateEvent('popstate', { state: {} })) }, `/bills/${b.settlement}`)
    const shown = await opened(page, b.settlement)
    if (!shown) {
      check(false, `${b.settlement} is not shown`)
      continue
    }
    // Rows: the parts of the cost make the total, the payers' parts make it again.
    const parts = shown.steps.filter((s) => s[1] && s[2])
    const payers = shown.steps.filter((s) => !s[1] && s[2] && !['总费用', '合计'].includes(s[0]))
    const total = (l) => l.reduce((s, x) => s + amount(x[2]), 0)
    reasons += parts.length + payers.length
    undone += b.undoes ? 1 : 0
    if (shown.ok && amount(shown.big[0]) === b.person_part && amount(shown.big[1]) === b.fund && amount(shown.big[2]) === b.total && (b.undoes || (total(parts) === b.total && total(payers) === b.total))) added++
    else check(false, `${b.settlement} on the page: ${JSON.stringify(shown)}`)
  }
  same(list.length > many / 3, true, `bills of ${w.name}`)
  console.log(`${w.name}: ${list.length} bills read on the page`)
  await page.context().close()
}
console.log(`${added} bills on the page add up (${reasons} reasons; ${undone} undoings among them)`)
check(added >= settled, 'every bill adds up')
await end()
