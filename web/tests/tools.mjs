// What the tests share: calls of the API, one-time codes, checks that count.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'

export const PASSWORD = 'yiheng-demo'
export const api = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'))

let failed = 0
let passed = 0
export function check(ok, what) {
  if (ok) passed++
  else {
    failed++
    console.log('FAILED: ' + what)
  }
  return ok
}
export const same = (got, want, what) => check(got === want, `${what}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`)
export function end(name) {
  console.log(`${name}: ${passed} checks pass, ${failed} fail`)
  process.exit(failed || !passed ? 1 : 0)
}

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
