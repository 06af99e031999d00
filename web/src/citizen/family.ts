// Whose data the pages show: one's own, or of a member of the family who consented.
import { reactive } from 'vue'
import { get } from '../shared/api'
import { t } from '../shared/look'

const KEY = 'acting'
interface Acting { person: string; name: string; given: string[]; guard: boolean }
const kept = (): Acting => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '') as Acting
  } catch {
    return { person: '', name: '', given: [], guard: false }
  }
}
export const acting = reactive(kept())
export function actFor(person: string, name: string, given: string[], guard = false): void {
  Object.assign(acting, { person, name, given, guard })
  try {
    sessionStorage.setItem(KEY, JSON.stringify(acting))
  } catch {
    /* kept for this page only */
  }
}
export const onlyMe = (): void => actFor('', '', [])
export const may = (scope: string): boolean => !acting.person || acting.given.includes(scope)

type Query = Record<string, string | number | boolean | undefined>
/** A query of /api/me/…, about whom the pages show. */
export const mine = <R>(path: string, query: Query = {}): Promise<R> => get<R>('me' + path, { ...query, for: acting.person })

export const SCOPES: [string, string, string][] = [
  ['bills', '看账单和费用明细', 'see bills and their lines'],
  ['year', '看今年到哪一步了', 'see how far the year is'],
  ['account', '看个人账户往来', 'see the personal account'],
  ['act', '代办：替我备案、申请、反映问题', 'act for me: file, apply, report'],
]
export const scopeName = (word: string): string => {
  const s = SCOPES.find((x) => x[0] === word)
  return s ? t(s[1], s[2]) : word
}
