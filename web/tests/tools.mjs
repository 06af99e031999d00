// What the tests share: checks that count, a server of one's own, calls of the API, one-time codes.
import { createHmac } from 'node:crypto'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PASSWORD = 'yiheng-demo'
export const api = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))
/** The name of the part that runs: of web/tests/parts/desk.mjs it is desk. */
export const part = basename(process.argv[1] ?? 'node', '.mjs')

// ---- checks ----

let failed = 0
let passed = 0
const witnesses = []
const seen = []
/** Asked at each failure what is to be seen of it; a promise is waited for at the end. */
export const onFailure = (witness) => witnesses.push(witness)
export function check(ok, what) {
  if (ok) passed++
  else {
    failed++
    console.log('FAILED: ' + what)
    for (const w of witnesses) seen.push(w(what))
  }
  return ok
}
export const same = (got, want, what) => check(got === want, `${what}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`)
const last = []
/** Done before the end, whatever came: the last said first. */
export const finally_ = (what) => last.unshift(what)
export async function end(name = part) {
  await Promise.allSettled(seen)
  while (last.length) await last.shift()()
  console.log(`${name}: ${passed} checks pass, ${failed} fail`)
  process.exit(failed || !passed ? 1 : 0)
}
// What a part did not foresee (a page that never came to stand) fails it, and is witnessed as a check is.
process.on('uncaughtException', (e) => {
  check(false, `${part} broke off: ${e.stack ?? e}`)
  void end()
})

export const pause = (ms) => new Promise((done) => setTimeout(done, ms))
/** How long what must come may take; YH_PATIENCE=MS where a machine is slow. */
export const PATIENCE = Number(process.env.YH_PATIENCE ?? 30000)
/** What `ask` gives as soon as it is neither false nor null; the last answer after `within` ms. */
export async function until(ask, within = PATIENCE) {
  const from = performance.now()
  for (let wait = 20; ; wait = Math.min(wait * 1.5, 400)) {
    const r = await ask()
    if (r || performance.now() - from > within) return r
    await pause(wait)
  }
}

// ---- a server of one's own ----

const root = fileURLToPath(new URL('../../', import.meta.url))
export const yiheng = process.env.YIHENG ?? join(root, 'build/yiheng')
/** One command of the program: what it prints. */
export function run(...words) {
  const r = spawnSync(yiheng, words, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (r.status !== 0) throw new Error(`yiheng ${words.join(' ')}: ${r.status} ${r.stderr}`)
  return r.stdout
}

/**
 * A server on a free port and on a folder that nobody else has: a copy of the demonstration's ($YH_TOWN, made once by
 * tests/web.sh), with the people, bills and books as the demonstration left them; `plain`: a new folder, no sandbox.
 * At the end it is stopped, its books are proved and the folder goes.
 */
export class Server {
  constructor({ plain = false } = {}) {
    this.plain = plain
    this.folder = mkdtempSync(join(tmpdir(), `yiheng-${part}-`))
    this.data = join(this.folder, 'town')
    process.on('exit', () => {
      this.child?.kill('SIGKILL')
      rmSync(this.folder, { recursive: true, force: true })
    })
    if (plain) run('init-demo', '--data', this.data)
    else if (process.env.YH_TOWN) spawnSync('cp', ['-r', '--reflink=auto', process.env.YH_TOWN, this.data], { stdio: 'inherit' })
    else run('demo', '--once', '--data', this.data, '--port', '0')
    finally_(async () => {
      await this.stop()
      const proof = spawnSync(yiheng, ['verify', '--data', this.data], { cwd: root, encoding: 'utf8' })
      check(proof.status === 0, `the books after all that: ${proof.stdout} ${proof.stderr}`)
    })
  }
  /** Starts it; it is ready when it has said so. */
  async start() {
    this.said = ''
    this.child = spawn(yiheng, ['serve', '--data', this.data, '--port', '0', ...(this.plain ? [] : ['--sandbox']), '--regions', '990100 990200'], { cwd: root })
    for (const out of [this.child.stdout, this.child.stderr]) out.on('data', (b) => (this.said += b))
    const up = () => this.said.includes('网页') || this.child.exitCode !== null
    await until(up, 2 * PATIENCE)
    this.base = /http:\/\/[0-9.:]*/.exec(this.said)?.[0]
    if (!this.base || this.child.exitCode !== null) throw new Error(`the server does not start: ${this.said}`)
    return this
  }
  async stop() {
    if (!this.child || this.child.exitCode !== null) return
    const gone = new Promise((done) => this.child.once('exit', done))
    this.child.kill('SIGTERM')
    await gone
  }
}

/**
 * A case of two hits on the demonstration's stay, opened beside the running server; its title.  6.00 and 3.00 of the
 * fund's, 4.00 and 2.00 of the patient's, each `times` over.  A hit is in one case alone: another case has another `first`.
 */
export function openCase(server, title = '三月审核', { procedure = 'contract', first = 1, times = 1 } = {}) {
  const STAY = "SELECT settlement, visit, grp, person, provider FROM settlement WHERE person = '99010100000000000000000003' AND total = 2500000"
  const [settlement, visit, grp, person, provider] = run('sql', '--data', server.data, STAY).split('\n')[1].split('\t')
  const yuan = (v) => (v * times).toFixed(2)
  const hit = (nth, rule, item, fund, own, message) => ({
    id: String(first + nth).padStart(20, '0'), rule, version: 'abcdefabcdef', kind: '超限定频次', knowledge: 'K1', verdict: 'deny', standing: 'official', blocks: 0, region: '990100', grp, person, provider, visit, settlement, doctor: 'D1', department: 'A03', scheme: '390', med_type: '21', office: '990121', day: '2026-03-18', day_to: '2026-03-18', item: '002501010010000', item_name: '血红蛋白测定', qty: 1, item_money: yuan(item), fund_item: yuan(fund), person_item: yuan(own), outside_item: '0.00', fund_method: yuan(fund), method: 'item', message, advice: '改用每日一次', basis: '演示规则',
    lines: JSON.stringify([{ visit, serial: '1', code: '002501010010000', name: '血红蛋白测定', day: '2026-03-18', qty: 1, excess: 1, amount: item * times, claimed: item * times, at_stake: true }]), facts: '[{"name":"当日次数","value":"2"}]',
  })
  const hits = [hit(0, 'drug-sex', 10, 6, 4, '当日 2 次，限 1 次'), hit(1, 'drug-course-days', 5, 3, 2, '超过限定支付天数')]
  const file = join(server.folder, 'hits.tsv')
  writeFileSync(file, [Object.keys(hits[0]), ...hits.map((h) => Object.values(h))].map((r) => r.join('\t')).join('\n') + '\n')
  run('case', 'open', '--data', server.data, '--region', '990100', '--provider', provider, '--procedure', procedure, '--hits', file, '--officer', 'demo-supervisor', '--title', title)
  return title
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

// ---- calls ----

export class Client {
  constructor(base) {
    this.base = base
    this.cookie = ''
    this.csrf = ''
  }
  async call(method, path, body, headers = {}) {
    const reply = await fetch(this.base + path, {
      method,
      headers: {
        ...(this.cookie ? { Cookie: this.cookie } : {}),
        ...(method === 'GET' ? {} : { 'Content-Type': 'application/json', 'X-CSRF': this.csrf }),
        ...headers,
      },
      body: method === 'GET' || body === undefined ? undefined : JSON.stringify(body),
    })
    const set = reply.headers.get('set-cookie')
    if (set) {
      this.set = set
      this.cookie = set.split(';')[0]
    }
    const text = await reply.text()
    let data = null
    try {
      data = JSON.parse(text)
    } catch {
      /* not ours */
    }
    return { status: reply.status, data, headers: reply.headers, text }
  }
  get(path) {
    return this.call('GET', path)
  }
  post(path, body = {}) {
    return this.call('POST', path, body)
  }
  async signIn(user, password = PASSWORD, code = '') {
    const r = await this.post('/api/session', { user, password, code })
    if (r.status === 200) {
      this.csrf = r.data.csrf
      this.role = r.data.role
    }
    return r
  }
}

/** A call's answer, asked again while the calls of its session or address are limited. */
export async function patiently(ask) {
  let r = await ask()
  for (let i = 0; r.status === 429 && i < 20; i++) {
    await new Promise((done) => setTimeout(done, 3000))
    r = await ask()
  }
  return r
}

/** RFC 6238 of a base32 key. */
export function totp(secret, step = Math.floor(Date.now() / 30000)) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
  const count = Buffer.alloc(8)
  count.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', key).update(count).digest()
  const at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

/** Does a value have the shape that the description says?  "" or what is wrong. */
export function misfit(schema, v, at = '') {
  if (schema.$ref) return misfit(schema.$ref.split('/').slice(1).reduce((o, k) => o[k], api), v, at)
  if (schema.anyOf) return schema.anyOf.some((s) => !misfit(s, v, at)) ? '' : `${at}: none of the choices`
  const type = v === null ? 'null' : Array.isArray(v) ? 'array' : Number.isInteger(v) ? 'integer' : typeof v
  if (schema.type && schema.type !== type) return `${at}: ${type}, not ${schema.type}`
  if (schema.type === 'array') {
    for (const [i, x] of v.entries()) {
      const bad = misfit(schema.items, x, `${at}[${i}]`)
      if (bad) return bad
    }
  }
  if (schema.type === 'object' && schema.properties) {
    for (const k of schema.required ?? []) if (!(k in v)) return `${at}.${k}: missing`
    for (const k of Object.keys(v)) {
      if (!schema.properties[k]) return `${at}.${k}: not described`
      const bad = misfit(schema.properties[k], v[k], `${at}.${k}`)
      if (bad) return bad
    }
  }
  return ''
}
export function fits(operation, data) {
  const json = operation.responses['200'].content['application/json']
  return json ? misfit(json.schema, data) : data === null ? '' : 'JSON where a file is described'
}

/** Posts a message of the national interface. */
export async function send(base, message) {
  const r = await fetch(base + '/', { method: 'POST', body: JSON.stringify(message) })
  return r.json()
}
export const sample = (n) => JSON.parse(readFileSync(new URL(`../../tests/interface/${n}.json`, import.meta.url), 'utf8'))

/** A small generator with a seed, so that a run can be repeated. */
export function random(seed) {
  let s = seed >>> 0
  return (n) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return Math.floor((s / 4294967296) * n)
  }
}
