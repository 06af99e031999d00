// The portal through HTTP: every role at every route, shapes, masking, the log, sign-in.
import { api, check, Client, end, fits, misfit, openCase, patiently, same, sample, send, Server, totp, until } from '../tools.mjs'

const town = await new Server().start()
const { base } = town
openCase(town)
const BING = '99010100000000000000000003' // of office 990121
const JIA = '99010100000000000000000001' // of office 990101
const WU = '99020100000000000000000001' // of another pool

// ---- roles ----
const who = { none: new Client(base) }
for (const user of ['bing', 'jia', 'clerk', 'county', 'officer', 'hospital', 'supervisor', 'second']) {
  who[user] = new Client(base)
  const r = await who[user].signIn('demo-' + user)
  same(r.status, 200, `demo-${user} signs in`)
  check(/HttpOnly/.test(who[user].set) && /Secure/.test(who[user].set) && /SameSite=Strict/.test(who[user].set), 'the cookie is locked away')
}
const bills = (await who.bing.get('/api/me/bills')).data
const bill = bills.rows[0].settlement

const board = (await who.supervisor.get('/api/cases')).data
const CASE = board.rows.find((r) => r.title === '三月审核')?.case

// ---- the matrix: roles × routes ----
const value = { settlement: bill, person: BING, region: '990100', scheme: '390', from: '2026-01-01', infno: '2207', user: 'demo-jia', case: CASE, draft: '1', replay: '1' }
const query = { q: BING, purpose: 'service', region: '990100', scheme: '390' }
const body = { user: 'nobody', password: 'x', old: 'x', new: 'y', code: '000000', text: '# x', bill: {}, name: '', role: 'nobody', disabled: false, act: 'none', step: 'none', version: 1 }
const visitors = { none: '', bing: 'citizen', clerk: 'clerk', officer: 'officer', hospital: 'hospital', supervisor: 'supervisor' }
let cells = 0
const forms = (op) => op.parameters.filter((p) => p.in === 'query' && p.required).map((p) => `${p.name}=${query[p.name]}`).join('&')
const address = (path, op) => path.replace(/\{(\w+)\}/g, (_, k) => value[k]) + (forms(op) ? '?' + forms(op) : '')
const OWN_TEST = ['session_close', 'password_set', 'my_tip', 'session_open', 'totp_begin', 'totp_confirm']
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, op] of Object.entries(methods)) {
    for (const [name, role] of Object.entries(visitors)) {
      const allowed = !op['x-roles'].length || op['x-roles'].includes(role)
      if (allowed && OWN_TEST.includes(op.operationId)) continue // tried further down, for they change things
      const r = await patiently(() => who[name].call(method.toUpperCase(), address(path, op), method === 'get' ? undefined : body))
      const cell = `${name} ${method} ${path}: ${r.status} ${r.text.slice(0, 120)}`
      cells++
      if (!allowed) {
        same(r.status, name === 'none' ? 401 : 403, cell)
      } else {
        check(![401, 403].includes(r.status), cell)
        if (r.status === 200) same(fits(op, r.data), '', `${op.operationId} has its shape`)
      }
      if (r.status >= 400) same(misfit({ $ref: '#/components/schemas/error' }, r.data?.error), '', `${cell}: one form`)
      check(r.headers.get('content-security-policy')?.includes("default-src 'none'"), 'security headers')
    }
  }
}

// ---- whose data ----
same((await who.jia.get(`/api/me/bills/${bill}`)).status, 404, "another's bill is as one that is not there")
same((await who.jia.get(`/api/me/bills/${bill}/lines`)).status, 404, 'nor its lines')
same((await who.jia.post(`/api/me/bills/${bill}/tips`, {})).status, 404, 'nor a tip on it')
same((await who.county.get(`/api/persons/${BING}?purpose=service`)).status, 200, 'a county sees its own')
same((await who.county.get(`/api/persons/${JIA}?purpose=service`)).status, 404, 'and not its neighbour’s')
same((await who.county.get(`/api/persons?q=${JIA}&purpose=service`)).data.rows.length, 0, 'nor finds them')
same((await who.clerk.get(`/api/persons/${WU}?purpose=service`)).status, 404, 'a pool does not see another pool')
same((await who.clerk.get(`/api/persons/${BING}`)).status, 400, 'nobody looks without a purpose')
same((await who.clerk.get(`/api/persons/${BING}?purpose=curiosity`)).status, 400, 'and it is one of the list')
same((await who.clerk.get(`/api/persons/${BING}/bills/${'990100S00000001000001'}?purpose=service`)).status, 404, 'a bill is the person’s')

// ---- masked until said ----
const masked = (await who.clerk.get(`/api/persons/${BING}?purpose=review`)).data
same(masked.name, '测**', 'the name is masked')
check(/^990121\*+003X$/.test(masked.cert_no) && masked.born === '', 'and the certificate, and the birthday')
const full = (await who.clerk.get(`/api/persons/${BING}?purpose=review&unmask=1`)).data
same(full.name, '测试丙', 'unmasked on demand')
const found = (await who.clerk.get(`/api/persons?q=${encodeURIComponent('测试丙')}&purpose=service`)).data
same(found.rows[0]?.person, BING, 'found by name')
for (const q of [bill, '99012119680315003X', BING]) same((await who.clerk.get(`/api/persons?q=${q}&purpose=service`)).data.rows.length, 1, `found by ${q}`)

// ---- every look is on record, at most a second late ----
const LATE = 1100
await who.supervisor.get(`/api/persons/${BING}/year?purpose=audit`)
let seen = []
const logged = await until(async () => {
  seen = (await who.bing.get('/api/me/seen?size=100')).data.rows
  return seen.some((r) => r.route === 'person_year' && r.purpose === 'audit' && r.user_name === '测试监管员')
}, LATE)
check(logged, 'the person sees who looked, and why')
check(seen.some((r) => r.route === 'person' && r.unmasked), 'and that it was in full')
check(seen.every((r) => r.purpose !== 'self'), 'their own looks are apart')
check((await who.bing.get('/api/me/seen?own=1&size=100')).data.rows.some((r) => r.purpose === 'self'), 'and can be asked for')
check(!(await who.jia.get('/api/me/seen')).data.rows.some((r) => r.route === 'person_year'), 'who could not be looked at was not')

// ---- writing ----
const lines = (await who.bing.get(`/api/me/bills/${bill}/lines`)).data.rows
const tip = await who.bing.post(`/api/me/bills/${bill}/tips`, { line: lines[0].serial, words: '我没有用过' })
same(tip.status, 200, 'a tip')
same((await who.bing.post(`/api/me/bills/${bill}/tips`, { line: lines[0].serial })).status, 409, 'once')
same((await who.bing.post(`/api/me/bills/${bill}/tips`, { line: 'no such' })).status, 404, 'on a line that is there')
same((await who.bing.post(`/api/me/bills/${bill}/tips`, { words: '长'.repeat(501) })).status, 400, 'in 500 characters')
check((await who.supervisor.get('/api/tips?purpose=audit')).data.rows.some((r) => r.tip === tip.data.tip), 'the supervisor reads it')
const noCsrf = await who.bing.call('POST', `/api/me/bills/${bill}/tips`, {}, { 'X-CSRF': 'x' })
same(noCsrf.status, 403, 'no writing without the csrf word')
const cross = await who.bing.call('POST', `/api/me/bills/${bill}/tips`, {}, { 'Sec-Fetch-Site': 'cross-site' })
same(cross.status, 403, 'nor from another site')

// ---- 监管室: two persons decide, and the server holds it ----
check(CASE && board.states.find((s) => s.state === 'opened')?.n === 1 && board.rows[0].due > '2026', 'a case on the board, with its term')
const act = (user, body) => patiently(() => who[user].post(`/api/cases/${CASE}/acts`, body))
const theCase = async () => (await who.supervisor.get(`/api/cases/${CASE}?purpose=audit`)).data
same((await who.supervisor.get(`/api/cases/${CASE}`)).status, 400, 'a case shows persons: a purpose is stated')
same((await who.supervisor.get('/api/cases/990200-2026-00001?purpose=audit')).status, 404, 'no such case, or of another area')
same((await act('supervisor', { act: 'approve' })).status, 409, 'no step before its turn')
same((await act('supervisor', { act: 'assign', to: 'demo-supervisor' })).status, 200, 'assigned')
same((await act('second', { act: 'notice' })).status >= 400, true, 'told by who checks, not by another')
same((await act('supervisor', { act: 'notice' })).status, 200, 'told')
const hits = (await theCase()).hits
same(hits.length + '/' + hits[0].fund_method, '2/600', 'its hits, in fen')
same((await act('supervisor', { act: 'answer', hit: hits[0].hit, appeals: '0', note: '无异议' })).status, 200, 'one accepted')
same((await act('supervisor', { act: 'answer', hit: hits[1].hit, appeals: '1', note: '有医嘱' })).status, 200, 'one disputed')
const alone = await act('supervisor', { act: 'recheck', dropped: hits[1].hit, note: '意见' })
check(alone.status >= 400 && alone.data.error.message.includes('核查人不能复核'), `who checked does not recheck: ${alone.text}`)
same((await act('second', { act: 'recheck', dropped: hits[1].hit, note: '医嘱属实' })).status, 200, 'a second person does')
const packed = await patiently(() => who.second.get(`/api/cases/${CASE}/pack?purpose=audit`))
check(packed.data?.sha256?.length === 64 && packed.data.content.hits.length === 2, 'the evidence pack')
check(await until(async () => (await who.bing.get('/api/me/seen?size=100')).data.rows.some((r) => r.route === 'case_get' && r.object === CASE), LATE), 'whose bill it is sees that it was looked at')

// ---- wrong input, one sentence ----
for (const [path, status] of [['/api/me/bills/990100S99999999999999', 404], ['/api/me/bills/xx', 404], ['/api/me/year?year=abc', 400], ['/api/me/year?year=99', 400], ['/api/nothing', 404], ['/api/plain?region=xx&scheme=390', 404]]) {
  const r = await who.bing.get(path)
  same(r.status, status, path)
  check(r.data?.error?.message.length > 3, `${path} says why`)
}
same((await who.bing.call('PUT', '/api/me')).status, 405, 'another method')
same((await who.officer.call('POST', '/api/drafts/check', { text: 'x'.repeat(1100000) })).status, 413, 'too large')
const bad = await fetch(base + '/api/session', { method: 'POST', body: '{"user":' })
same(bad.status, 400, 'broken JSON')

// ---- drafts and the calculator decide by the engine ----
const doc = (await who.officer.get('/api/policies/990100/390/2026-01-01')).data
const at = doc.text.indexOf('## 第九条')
const clause = doc.text.slice(at, doc.text.indexOf('\n## ', at + 3))
const text = `# 草案\n\namends 990100/390/2026-01-01   from 2027-01-01   standing draft\nsource 征求意见稿\n\n${clause.replace('| 60%  |', '| 65%  |')}\n`
const draft = (await who.officer.post('/api/drafts/check', { text })).data
check(draft.ok && draft.diff.length === 1 && draft.diff[0].includes('60% → 65%'), 'a draft is told as a diff in words')
const third = draft.curves.find((c) => c.label.includes('住院 · 三级'))?.points[4]
same(third && third.after - third.before, Math.round((1000000 - 80000) * 0.05), '10,000 yuan: five points of 9,200')
const wrong = (await who.officer.post('/api/drafts/check', { text: text.replace('65%', '65') })).data
check(!wrong.ok && wrong.findings.some((f) => f.severity === '错误' && f.line > 1), 'a slip is found on its line')
const cases = (await who.officer.post('/api/drafts/cases', { text: text + '\n## 算例\n```cases\n| 就医类别 | 人员 | 级别 | 次数 | 范围内 | 基本统筹 | 来源 |\n| 住院 | 成年居民 | 三级 | 1 | 22000 | 13780.00 | derived |\n| 住院 | 成年居民 | 三级 | 1 | 22000 | 1.00 | derived |\n```\n' })).data
same(cases?.passed + '/' + cases?.failed, '1/1', 'a draft’s cases are run')
const replay = await who.officer.post('/api/replays', { text, sample: 500 })
same(replay.status, 200, 'a replay begins')
const next = await who.officer.post('/api/replays', { text })
check(next.status === 200 && ['waiting', 'running'].includes(next.data.state), 'another waits for its turn')
same((await who.officer.post(`/api/replays/${next.data.id}/stop`)).status, 200, 'and may be stopped')
same((await who.officer.post('/api/replays', {})).status, 400, 'of nothing')
let ran = replay.data
await until(async () => {
  ran = (await who.officer.get(`/api/replays/${replay.data.id}`)).data
  return !['running', 'waiting'].includes(ran.state)
})
same(ran.state, 'done', `and ends (${ran.message})`)
check(ran.report?.tables.some((x) => x.name === 'funds' && x.rows.length > 3), 'with what each fund pays')
check(!/9901[0-9]{16,}/.test(JSON.stringify(ran.report)), 'and names nobody')
check(ran.gain > 0 && ran.cost > 0 && ran.burden < 0, `its sums: cost ${ran.cost}, burden ${ran.burden}, ${ran.gain} gain`)
await until(async () => (await who.officer.get(`/api/replays/${next.data.id}`)).data.state === 'stopped')
const runs = (await who.officer.get('/api/replays')).data.rows
check(runs.find((x) => x.id === replay.data.id)?.state === 'done' && runs.find((x) => x.id === next.data.id)?.state === 'stopped', `all are listed as they ended: ${runs.map((x) => `${x.id} ${x.state}`)}`)

const calc = await who.none.post('/api/calculate', { bill: { region: '990100', scheme: '390', begin: '2026-06-01', facts: { 就医类别: '住院', 人员: '成年居民', 级别: '三级', 年龄: 40 }, medfee_sumamt: '22000.00', fulamt_ownpay_amt: '0', overlmt_selfpay: '0', preselfpay_amt: '0', inscp_scp_amt: '22000.00' } })
same(calc.data?.fund, Math.round((2200000 - 80000) * 0.6), 'the calculator: (22,000 − 800) × 60 %')

// ---- the first administrator of a plain server ----
const house = await new Server({ plain: true }).start()
const plain = house.base
const PRINTED = /一次性密码 ([a-zA-Z0-9]+)/
const first = await until(() => PRINTED.exec(house.said)?.[1], 10000)
const admin = new Client(plain)
same((await new Client(plain).signIn('demo-officer')).status, 401, 'no demonstration user outside a sandbox')
same((await admin.signIn('admin', 'wrong')).status, 401, 'a wrong password')
same((await admin.signIn('admin', first)).status, 200, 'the printed password')
same((await admin.get('/api/users')).status, 403, 'nothing before a password of one’s own')
same((await admin.post('/api/session/password', { old: first, new: 'short' })).status, 400, 'a short one')
same((await admin.post('/api/session/password', { old: first, new: 'a long evening' })).status, 200, 'a password of one’s own')
same((await admin.get('/api/users')).status, 403, 'nor before the validator')
const key = (await admin.post('/api/session/totp')).data.secret
same((await admin.post('/api/session/totp/confirm', { code: '000000' })).status, 400, 'a wrong code')
let step = Math.floor(Date.now() / 30000)
same((await admin.post('/api/session/totp/confirm', { code: totp(key, step) })).status, 200, 'the code')
same((await admin.get('/api/users')).status, 200, 'then everything')
// The administrator's own row of the matrix, on the plain server: no room but its own.
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, op] of Object.entries(methods)) {
    if (!op['x-roles'].length || op['x-roles'].includes('admin')) continue
    const r = await patiently(() => admin.call(method.toUpperCase(), address(path, op), method === 'get' ? undefined : body))
    same(r.status, 403, `admin ${method} ${path}: ${r.text.slice(0, 120)}`)
    cells++
  }
}
console.log(`${cells} cells of roles × routes`)
const again = new Client(plain)
same((await again.signIn('admin', 'a long evening')).data?.error?.field, 'code', 'asked for a code from now on')
same((await again.signIn('admin', 'a long evening', totp(key, step))).status, 401, 'a code counts once')
same((await again.signIn('admin', 'a long evening', totp(key, step + 1))).status, 200, 'the next one')
same((await admin.post('/api/users', { user: 'Zhang San', name: 'x', role: 'clerk', area: '990100' })).status, 400, 'a bad name')
same((await admin.post('/api/users', { user: 'zhang', name: '测试员', role: 'clerk', area: '' })).status, 400, 'a clerk without an area')
const made = await admin.post('/api/users', { user: 'zhang', name: '测试员', role: 'clerk', area: '990100' })
same(made.status, 200, 'a new user')
same((await admin.post('/api/users', { user: 'zhang', name: '测试员', role: 'clerk', area: '990100' })).status, 409, 'once')
const zhang = new Client(plain)
same((await zhang.signIn('zhang', made.data.password)).status, 200, 'signs in')
same((await admin.post('/api/users/zhang/state', { disabled: true })).status, 200, 'disabled')
same((await zhang.get('/api/persons?q=x&purpose=service')).status, 401, 'and out at once')
same((await zhang.signIn('zhang', made.data.password)).status, 401, 'and stays out')
// A name that nobody needs later.
const wang = (await admin.post('/api/users', { user: 'wang', name: '测试员', role: 'clerk', area: '990100' })).data.password
const guess = new Client(plain)
for (let i = 0; i < 5; i++) await guess.signIn('wang', 'guess' + i)
same((await guess.signIn('wang', wang)).status, 429, 'five guesses lock the name')
same((await who.jia.call('DELETE', '/api/session')).status, 200, 'signed out')
same((await who.jia.get('/api/me')).status, 401, 'and the cookie is dead')

await house.stop()
await house.start()
check(!PRINTED.test(house.said), 'a second start makes no second administrator')

// ---- hashing cannot starve settlement ----
const m = sample('1101')
const ask = async () => {
  const from = performance.now()
  await send(base, m)
  return performance.now() - from
}
const storm = Promise.all(Array.from({ length: 30 }, () => new Client(base).signIn('demo-nobody', 'wrong')))
const times = []
for (let i = 0; i < 40; i++) times.push(await ask())
const storms = await storm
times.sort((a, b) => a - b)
console.log(`1101 beside 30 sign-ins at once: median ${times[20].toFixed(1)} ms, worst ${times[39].toFixed(1)} ms; ` +
  `${storms.filter((r) => r.status === 503).length} were put off`)
check(storms.some((r) => r.status === 503) && times[20] < 200, 'sign-ins queue, the interface goes on')
await end()
