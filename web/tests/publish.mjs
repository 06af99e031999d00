// A draft from its first words to the settlements that it decides, by two persons, over the API and the
// national interface of a running sandbox.
//   node web/tests/publish.mjs URL first       the whole way
//   node web/tests/publish.mjs URL second      the same server started again
//   node web/tests/publish.mjs URL other       another server on the same database, a moment later
import { check, Client, end, same, send } from './tools.mjs'

const [base, turn] = process.argv.slice(2)
const YEAR = new Date().getFullYear() + 1
const BING = '99010100000000000000000003'
const CERT = '99012119680315003X'
const officer = new Client(base)
const reviewer = new Client(base)
const clerk = new Client(base)
const bing = new Client(base)
for (const [who, user] of [[officer, 'demo-officer'], [reviewer, 'demo-reviewer'], [clerk, 'demo-clerk'], [bing, 'demo-bing']])
  same((await who.signIn(user)).status, 200, `${user} signs in`)

// ---- a stay of 12,000 yuan in scope, through the national interface ----
let serial = Math.floor(Date.now() / 1000) % 9000
async function ask(infno, now, input) {
  const provider = 'H99010100001'
  const stamp = now.replace(/\D/g, '').padEnd(14, '0').slice(0, 14)
  const r = await send(base, {
    infno, msgid: provider + stamp + String(++serial).padStart(4, '0'), mdtrtarea_admvs: '990101', insuplc_admdvs: '990121', recer_sys_code: '99', dev_no: '', dev_safe_info: '', cainfo: '',
    signtype: 'SM3', infver: 'V1.0', opter_type: '1', opter: '0001', opter_name: '测试操作员', inf_time: now, fixmedins_code: provider, fixmedins_name: '示例市第一人民医院', sign_no: '', input,
  })
  check(String(r.infcode) === '0', `${infno} at ${now}: ${r.err_msg ?? ''}`)
  return r.output
}
const field = (v, name) => new RegExp(`"${name}":"?([^",}]*)`).exec(JSON.stringify(v))?.[1] ?? ''
const diagnosis = (time, visit) => [{ ...(visit ? { mdtrt_id: visit } : {}), psn_no: BING, diag_type: '1', maindiag_flag: '1', diag_srt_no: '1', diag_code: 'J18.900', diag_name: '肺炎', diag_dept: '呼吸内科', dise_dor_no: 'D990101000002', dise_dor_name: '测试主任', diag_time: time }]
async function stay(from, to) {
  const visit = field(await ask('2401', `${from} 09:00:00`, { mdtrtinfo: { psn_no: BING, insutype: '390', begntime: `${from} 09:00:00`, mdtrt_cert_type: '02', mdtrt_cert_no: CERT, certno: CERT, cert_type: '01', med_type: '21', ipt_no: `ZY${serial}`, atddr_no: 'D990101000002', chfpdr_name: '测试主任', adm_diag_dscr: '肺炎', adm_dept_codg: 'A03.02', adm_dept_name: '呼吸内科', adm_bed: '12', dscg_maindiag_code: 'J18.900', dscg_maindiag_name: '肺炎' }, diseinfo: diagnosis(`${from} 09:00:00`) }), 'mdtrt_id')
  await ask('2301', `${from} 10:00:00`, { feedetail: [{ feedetl_sn: `${serial}`, mdtrt_id: visit, drord_no: 'YZ1', psn_no: BING, med_type: '21', fee_ocur_time: `${from} 09:30:00`, med_list_codg: '001109000030100-110900003', medins_list_codg: 'CW1', det_item_fee_sumamt: 12000, cnt: 40, pric: 300, bilg_dept_codg: 'A03.02', bilg_dept_name: '呼吸内科', bilg_dr_codg: 'D990101000002', bilg_dr_name: '测试主任', hosp_appr_flag: '0' }] })
  await ask('2402', `${to} 10:00:00`, { dscginfo: { mdtrt_id: visit, psn_no: BING, insutype: '390', endtime: `${to} 10:00:00`, dscg_dept_codg: 'A03.02', dscg_dept_name: '呼吸内科', dscg_way: '1' }, diseinfo: diagnosis(`${to} 10:00:00`, visit) })
  return field(await ask('2304', `${to} 11:00:00`, { data: { psn_no: BING, mdtrt_cert_type: '02', mdtrt_cert_no: CERT, medfee_sumamt: 12000, psn_setlway: '01', mdtrt_id: visit, acct_used_flag: '0', insutype: '390', invono: '', mid_setl_flag: '0' } }), 'setl_id')
}
/** The row of the basic pool and the clauses it cites. */
async function why(settlement) {
  const bill = (await bing.get(`/api/me/bills/${settlement}`)).data
  const row = bill?.rows.find((r) => r.label.startsWith('基本统筹'))
  return { amount: row?.amount, text: row?.text ?? '', documents: (row?.clauses ?? []).map((i) => bill.clauses.find((k) => k.i === i)?.document) }
}

if (turn === 'first') {
  const doc = (await officer.get('/api/policies/990100/390/2026-01-01')).data
  const at = doc.text.indexOf('## 第九条')
  const clause = doc.text.slice(at, doc.text.indexOf('\n## ', at + 3))
  const draft = (from, rate, title = '示例市居民住院支付比例调整') => `# ${title}\n\namends 990100/390/2026-01-01   from ${from}   standing draft\nsource 征求意见稿（虚构）\n\n${clause.replace('| 60%  |', `| ${rate}  |`)}\n`
  const step = (who, no, version, word, more = {}) => who.post(`/api/drafts/${no}/steps`, { step: word, version, ...more })
  const publish = { standing: 'invented', source: '示医保发〔2026〕9号' }
  const said = (r) => r.data?.error?.message ?? ''

  // before anything is published
  const early = await stay(`${YEAR - 1}-03-02`, `${YEAR - 1}-03-10`)
  const was = await why(early)
  same(was.amount, Math.round((1200000 - 80000) * 0.6), 'a stay before: (12,000 − 800) × 60 %')

  // ---- written ----
  same((await clerk.post('/api/drafts', { text: draft(`${YEAR}-01-01`, '65%') })).status, 403, 'a clerk writes no drafts')
  same((await officer.post('/api/drafts', { text: '# 没有头\n' })).status, 400, 'what it is about must be said')
  same((await officer.post('/api/drafts', { text: draft(`${YEAR}-01-01`, '65%').replace('standing draft', 'standing official') })).status, 400, 'a draft calls itself one')
  const saved = await officer.post('/api/drafts', { text: draft(`${YEAR}-01-01`, '65') })
  same(saved.status, 200, 'half a draft is kept too')
  const no = saved.data.draft
  const wrong = await step(officer, no, 1, 'send')
  check(wrong.status === 400 && /第 \d+ 行有错误/.test(said(wrong)), `what is wrong is not sent for review: ${said(wrong)}`)
  same((await officer.post('/api/drafts', { draft: no, version: 1, text: draft(`${YEAR}-01-01`, '65%') })).data?.version, 2, 'the second version')
  const late = await reviewer.post('/api/drafts', { draft: no, version: 1, text: draft(`${YEAR}-01-01`, '66%') })
  check(late.status === 409 && said(late).includes('别人已经存了第 2 版'), `who began from an older one is told: ${said(late)}`)

  // ---- reviewed by another ----
  same((await step(officer, no, 2, 'publish', publish)).status, 409, 'not before it is approved')
  same((await step(officer, no, 2, 'send')).status, 200, 'sent')
  const own = await step(officer, no, 2, 'approve')
  check(own.status === 403 && said(own).includes('审核要换一个人'), `who wrote it does not approve it: ${said(own)}`)
  same((await step(reviewer, no, 2, 'return')).status, 400, 'a return says why')
  same((await step(reviewer, no, 2, 'return', { remark: '请写明依据' })).status, 200, 'returned')
  const file = (await officer.get(`/api/drafts/${no}`)).data
  check(file.head.state === 'returned' && file.head.remark === '请写明依据' && file.may.some((m) => m.step === 'send'), 'the author reads why, and what may be done')
  same((await step(officer, no, 2, 'send')).status, 200, 'sent again')
  same((await step(reviewer, no, 2, 'approve')).status, 200, 'approved by the other')
  check(!(await reviewer.get(`/api/drafts/${no}`)).data.may.some((m) => m.step === 'approve'), 'once')

  // a second one over the same base, approved before the first is published
  const rival = (await officer.post('/api/drafts', { text: draft(`${YEAR}-02-01`, '70%', '另一份调整') })).data.draft
  same((await step(officer, rival, 1, 'send')).status, 200, 'a rival, sent')
  same((await step(reviewer, rival, 1, 'approve')).status, 200, 'and approved')
  // one that begins today, and one with an error in words only
  const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
  const begun = (await officer.post('/api/drafts', { text: draft(today, '61%') })).data.draft
  await step(officer, begun, 1, 'send')
  await step(reviewer, begun, 1, 'approve')
  const passed = await step(reviewer, begun, 1, 'publish', publish)
  check(passed.status === 400 && said(passed).includes('生效日要晚于今天'), `what has begun is not published: ${said(passed)}`)

  // ---- published ----
  same((await step(officer, no, 2, 'publish', { standing: 'draft', source: 'x' })).status, 400, 'with a standing')
  same((await step(officer, no, 2, 'publish', { standing: 'invented', source: '' })).status, 400, 'and a number')
  const at2 = await Promise.all([step(officer, no, 2, 'publish', publish), step(reviewer, no, 2, 'publish', publish)])
  same(at2.map((r) => r.status).sort().join(), '200,409', `two at once: one is published, one is told (${at2.map(said).join('|')})`)
  const stale = await step(reviewer, rival, 1, 'publish', publish)
  check(stale.status === 409 && said(stale).includes('现行规定已经变了'), `a stale base is refused: ${said(stale)}`)
  check((await officer.get(`/api/drafts/${rival}`)).data.stale, 'and the draft says so')
  const log = (await clerk.get('/api/publications')).data
  check(log.rows.length === 1 && log.in_force === 1 && log.rows[0].author === 'demo-officer' && log.rows[0].reviewer === 'demo-reviewer' && log.rows[0].entry.length === 64, 'the log has it, with both persons')
  const listed = (await officer.get('/api/policies?region=990100&scheme=390')).data.rows.find((d) => d.source === '示医保发〔2026〕9号')
  check(listed?.standing === 'invented' && listed.from === `${YEAR}-01-01`, 'it is among the documents')

  // ---- and decides ----
  const before = await why(await stay(`${YEAR - 1}-11-02`, `${YEAR - 1}-12-20`))
  check(before.text.includes('× 60%'), `a stay that ends before its first day does not: ${before.text}`)
  const after = await why(await stay(`${YEAR}-01-03`, `${YEAR}-01-10`))
  check(after.text.includes('× 65%') && after.amount === Math.round((1200000 - 80000) * 0.65), `one after it does: ${after.text}`)
  check(after.documents.includes(`990100/390/${YEAR}-01-01`), `and the reason names the document: ${after.documents}`)
  same((await why(early)).text, was.text, 'what was settled before reads as it did')
  // the rival over the new base
  same((await step(officer, rival, 1, 'recall')).status, 200, 'recalled')
  const moved = draft(`${YEAR}-02-01`, '70%', '另一份调整').replace('| 65%', '| 65%')
  same((await officer.post('/api/drafts', { draft: rival, version: 1, text: moved })).status, 200, 'saved over what holds now')
  same((await step(officer, rival, 2, 'send')).status, 200, 'sent')
  same((await step(reviewer, rival, 2, 'approve')).status, 200, 'approved')
  same((await step(reviewer, rival, 2, 'publish', publish)).status, 200, 'published')
} else {
  const log = (await officer.get('/api/publications')).data
  same(`${log.rows.length} ${log.in_force}`, '2 2', 'both are still in force')
  const january = await why(await stay(`${YEAR}-01-12`, `${YEAR}-01-20`))
  check(january.text.includes('× 65%'), `January: ${january.text}`)
  const march = await why(await stay(`${YEAR}-03-01`, `${YEAR}-03-10`))
  check(march.text.includes('× 70%') && march.documents.includes(`990100/390/${YEAR}-02-01`), `March: ${march.text} ${march.documents}`)
}
await end(`publish, ${turn}`)
