// A bill's lines as they come from a spreadsheet: which column is what, numbers and days in the form that
// the server reads.  What cannot be read stays as it was; the server names it.

export interface Line {
  code: string
  name: string
  price: string
  qty: string
  amount: string
  day: string
}
export type Column = keyof Line
export const COLUMNS: Column[] = ['code', 'name', 'price', 'qty', 'amount', 'day']
export const blank = (): Line => ({ code: '', name: '', price: '', qty: '1', amount: '', day: '' })

export interface Pasted {
  lines: Partial<Line>[]
  dropped: number // rows of sums
  unknown: string[] // heads of columns that are not taken
}

const HEAD: [Column, RegExp][] = [
  ['code', /^(医保|国家|国家医保|目录|医疗目录|项目|收费项目|国标)?(代码|编码)$|^code$/i],
  ['name', /^(项目|费用|药品|收费项目|医保|通用|商品)?名称?$|^(name|item)$/i],
  ['price', /^(单价|价格)|^price/i],
  ['qty', /^数量|^(qty|quantity|count)$/i],
  ['amount', /^(金额|总价|合计|总金额|费用金额|小计)|^(amount|total)$/i],
  ['day', /日期|时间|^(day|date)$/i],
]
const SUM = /^(合计|总计|小计|total)/i

/** Full-width signs as plain ones. */
const plain = (s: string): string => s.replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, ' ').trim()
export const asNumber = (s: string): string => {
  const n = plain(s).replace(/^[¥￥]\s*/, '').replace(/\s*元$/, '')
  return /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(n) ? n.replace(/,/g, '') : n
}
export const asDay = (s: string): string => {
  const d = plain(s)
  const m = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(\s.*)?$/.exec(d) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(d)
  return m ? `${m[1]}-${m[2]!.padStart(2, '0')}-${m[3]!.padStart(2, '0')}` : d
}
const tidy = (c: Column, s: string): string => (c === 'day' ? asDay(s) : c === 'price' || c === 'qty' || c === 'amount' ? asNumber(s) : c === 'code' ? plain(s) : s.trim())

/** Rows and cells; a quoted cell may hold breaks and doubled quotes, as spreadsheets write them. */
function cells(text: string): string[][] {
  const rows: string[][] = [['']]
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const row = rows[rows.length - 1]!
    const at = row.length - 1
    const c = text[i]!
    if (quoted) {
      if (c !== '"') row[at] += c
      else if (text[i + 1] === '"') row[at] += text[++i]
      else quoted = false
    } else if (c === '"' && row[at] === '') quoted = true
    else if (c === '\t') row.push('')
    else if (c === '\n') rows.push([''])
    else if (c !== '\r') row[at] += c
  }
  return rows.filter((r) => r.some((c) => c.trim()))
}

/** Does the row name its columns?  Two that are known are enough. */
function heads(row: string[]): (Column | null)[] | null {
  const taken = new Set<Column>()
  const out = row.map((c) => {
    const word = plain(c).replace(/[（(].*$/, '').trim()
    const found = HEAD.find(([k, re]) => !taken.has(k) && re.test(word))?.[0] ?? null
    if (found) taken.add(found)
    return found
  })
  return taken.size > 1 ? out : null
}

/** Lines of what was copied; `from`: the column that it was pasted into, where it has no heads of its own. */
export function pasted(text: string, from: Column): Pasted {
  const rows = cells(text)
  const named = rows.length ? heads(rows[0]!) : null
  const body = named ? rows.slice(1) : rows
  const start = COLUMNS.indexOf(from)
  const unknown = named ? rows[0]!.filter((c, i) => !named[i] && c.trim()).map((c) => c.trim()) : []
  const lines: Partial<Line>[] = []
  let dropped = 0
  for (const row of body) {
    if (row.length > 1 && SUM.test(plain(row.find((c) => c.trim()) ?? ''))) {
      dropped++
      continue
    }
    const line: Partial<Line> = {}
    row.forEach((c, i) => {
      let k = named ? named[i] : COLUMNS[start + i]
      // Code, name, price, quantity, day: a sheet without amounts.
      if (!named && k === 'amount' && /\d{4}[-/.年]|^\d{8}$/.test(plain(c))) k = 'day'
      if (k) line[k] = tidy(k, c)
    })
    lines.push(line)
  }
  return { lines, dropped, unknown }
}

/** Fen of a line, as the server works it out: price × quantity, half up; null while it is no number. */
export function fenOf(l: Line): number | null {
  const scaled = (s: string, digits: number): bigint | null => {
    const m = /^(\d{1,12})(?:\.(\d*))?$/.exec(s.trim())
    return m && (m[2] ?? '').length <= digits ? BigInt(m[1]! + (m[2] ?? '').padEnd(digits, '0')) : null
  }
  if (l.amount.trim()) {
    const a = scaled(l.amount, 2)
    return a === null ? null : Number(a)
  }
  const p = scaled(l.price, 6)
  const q = scaled(l.qty, 4)
  return p === null || q === null ? null : Number((p * q + 50000000n) / 100000000n)
}
