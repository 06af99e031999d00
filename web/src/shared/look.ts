// How the pages look and speak: language, light or dark, the elder edition.  Kept in this browser.
import { reactive, watchEffect } from 'vue'

type Lang = 'zh' | 'en'
type Theme = 'auto' | 'light' | 'dark'

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
const keep = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value)
  } catch {
    /* a browser that keeps nothing still works */
  }
}

export const look = reactive({
  lang: (read('lang') as Lang) || 'zh',
  theme: (read('theme') as Theme) || 'auto',
  elder: read('elder') === '1',
})

export function watchLook(): void {
  watchEffect(() => {
    const html = document.documentElement
    const dark =
      look.theme === 'dark' ||
      (look.theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
    html.lang = look.lang === 'zh' ? 'zh-CN' : 'en'
    html.classList.toggle('dark', dark)
    html.classList.toggle('elder', look.elder)
    keep('lang', look.lang)
    keep('theme', look.theme)
    keep('elder', look.elder ? '1' : '0')
  })
}
export const isDark = (): boolean => document.documentElement.classList.contains('dark')
export function turnTheme(): void {
  look.theme = isDark() ? 'light' : 'dark'
}

/** Chinese first; English beside it. */
export const t = (zh: string, en: string): string => (look.lang === 'zh' ? zh : en)

/** For `lang`: Chinese that stands in an English page, so that a reader speaks it right. */
export const zhIn = (s: string): string | undefined => (look.lang !== 'zh' && /[\u4e00-\u9fff]/.test(s) ? 'zh-CN' : undefined)

/** "1,234.50" of fen. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? '−' : ''
  const n = Math.abs(fen)
  const whole = Math.floor(n / 100).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${whole}.${String(n % 100).padStart(2, '0')}`
}
/** "10" of "10.0000". */
export const trim0 = (s: string): string => (s.includes('.') ? s.replace(/0+$/, '').replace(/\.$/, '') : s)
/** "60 %" of millionths. */
export const percent = (micro: number): string => trim0((micro / 10000).toFixed(2)) + '%'
export const day = (s: string): string => s.slice(0, 10)

export const SCHEME: Record<string, [string, string]> = {
  '310': ['职工医保', 'Employee insurance'],
  '390': ['居民医保', 'Resident insurance'],
  '340': ['离休', 'Retired cadres'],
  '510': ['生育保险', 'Maternity'],
}
export const schemeName = (code: string): string =>
  SCHEME[code] ? t(...SCHEME[code]) : t('险种 ', 'Scheme ') + code

export const STANDING: Record<string, [string, string]> = {
  official: ['官方文件', 'official'],
  press: ['新闻报道', 'press'],
  'third-party': ['第三方', 'third party'],
  unverified: ['未核实', 'unverified'],
  draft: ['草案', 'draft'],
  invented: ['虚构示例', 'invented example'],
}
export const standingName = (s: string): string => (STANDING[s] ? t(...STANDING[s]) : s)

export const PURPOSE: Record<string, [string, string]> = {
  self: ['本人', 'yourself'],
  family: ['家人（您同意的）', 'family, by your consent'],
  guardian: ['监护人', 'your guardian'],
  service: ['办理业务', 'serving at the desk'],
  review: ['审核报销', 'reviewing a claim'],
  complaint: ['处理投诉', 'handling a complaint'],
  audit: ['稽核检查', 'audit'],
  care: ['就医购药', 'care'],
}
export const ROLE: Record<string, [string, string]> = {
  citizen: ['参保人', 'insured person'],
  clerk: ['经办人员', 'desk clerk'],
  officer: ['政策与基金人员', 'policy officer'],
  hospital: ['医院医保办', 'hospital office'],
  supervisor: ['监管人员', 'supervisor'],
  admin: ['系统管理员', 'administrator'],
  provider: ['定点机构', 'provider'],
}
export const said = (table: Record<string, [string, string]>, key: string): string =>
  table[key] ? t(...table[key]) : key

/** Reads a text aloud; a second call while it speaks stops it. */
export function speak(text: string): void {
  const s = window.speechSynthesis
  if (!s) return
  if (s.speaking) {
    s.cancel()
    return
  }
  const u = new SpeechSynthesisUtterance(text)
  u.lang = look.lang === 'zh' ? 'zh-CN' : 'en-GB'
  u.rate = look.elder ? 0.85 : 1
  s.speak(u)
}
export const canSpeak = (): boolean => typeof window !== 'undefined' && 'speechSynthesis' in window
