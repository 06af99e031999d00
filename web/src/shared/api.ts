// The portal's API: JSON, the session cookie, the csrf word, errors in one form.
import { reactive } from 'vue'
import type * as T from './api-types'

export type { T }

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string,
  ) {
    super(message)
  }
}

export const session = reactive<T.Session & { known: boolean }>({
  user: '', name: '', role: '', csrf: '', must_change: false, second: 'none', sandbox: false, known: false,
})

async function call<R>(method: string, path: string, body?: unknown): Promise<R> {
  const headers: Record<string, string> = {}
  const file = body instanceof Blob
  if (method !== 'GET') {
    headers['Content-Type'] = file ? 'application/octet-stream' : 'application/json'
    headers['X-CSRF'] = session.csrf
  }
  let reply: Response
  try {
    reply = await fetch('/api/' + path, {
      method, headers, body: body === undefined ? undefined : file ? body : JSON.stringify(body), credentials: 'same-origin',
    })
  } catch {
    throw new ApiError(0, 'offline', '连不上服务器，请检查网络后再试', '')
  }
  const data = await reply.json().catch(() => null)
  if (!reply.ok || !data) {
    const e = data?.error ?? {}
    if (reply.status === 401 && session.user) Object.assign(session, { user: '', role: '', name: '' })
    throw new ApiError(reply.status, e.code ?? '', e.message ?? '服务器没有回答，请稍后再试', e.field ?? '')
  }
  return data as R
}

type Query = Record<string, string | number | boolean | undefined>
export function get<R>(path: string, query: Query = {}): Promise<R> {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(query))
    if (v !== undefined && v !== '') q.set(k, v === true ? '1' : String(v))
  const s = q.toString()
  return call<R>('GET', path + (s ? '?' + s : ''))
}
export const post = <R>(path: string, body: unknown = {}): Promise<R> => call<R>('POST', path, body)

/** A file as the body; what goes with it stands in the query. */
export const postFile = <R>(path: string, file: Blob, query: Record<string, string>): Promise<R> => call<R>('POST', `${path}?${new URLSearchParams(query)}`, file)

export async function whoAmI(): Promise<void> {
  Object.assign(session, await get<T.Session>('session'), { known: true })
}
export async function signIn(user: string, password: string, code: string): Promise<void> {
  Object.assign(session, await post<T.Session>('session', { user, password, code }), { known: true })
}
export async function signOut(): Promise<void> {
  await call('DELETE', 'session').catch(() => undefined)
  Object.assign(session, { user: '', role: '', name: '', csrf: '' })
}
