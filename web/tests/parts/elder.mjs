// 长者版 and 400 %, over every citizen page: nothing runs over the edge of 320 px, whatever is pressed is at least 44 px
// each way, no word is smaller than 18 px.  And in English what is Chinese is marked as such, so that readers speak it right.
import { readFileSync } from 'node:fs'
import { check, clean, client, end, go, visitor } from '../page.mjs'

const bing = await client('demo-bing')
const stay = (await bing.get('/api/me/bills')).data.rows.find((b) => b.total === 2500000)
check(stay, 'the demonstration’s stay is there')

// The pages as the router has them; where one takes a parameter, a page that has much to show.
const source = readFileSync(new URL('../../src/citizen/router.ts', import.meta.url), 'utf8')
const PARAMETERS = { '/bills/:settlement': `/bills/${stay?.settlement}`, '/policies/:rest(.*)*': '/policies/990100/390/2026-01-01' }
const pages = [...source.matchAll(/path: '([^']+)'/g)].map((m) => m[1].replaceAll('\\\\', '\\'))
check(pages.length > 15, `${pages.length} pages are known`)

/** What a page has that is too small, or sticks out; one line each. */
const faults = (page, elder) => page.evaluate((old) => {
  const out = []
  const over = document.scrollingElement.scrollWidth - innerWidth
  if (over > 0) out.push(`${over} px over the edge`)
  if (!old) return out
  const seen = (e) => e.offsetParent && e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden' && !e.closest('.hidden-text, .skip, details:not([open]) > :not(summary)')
  // A link in running text is as high as its line; what stands alone is a target.
  const inline = (e) => e.tagName === 'A' && getComputedStyle(e).display === 'inline' && e.parentElement.innerText.trim() !== e.innerText.trim()
  for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    if (!seen(e) || inline(e) || e.disabled) continue
    const box = /checkbox|radio/.test(e.type) ? (e.closest('label') ?? e) : e
    const r = box.getBoundingClientRect()
    if (r.height < 44 || r.width < 44) out.push(`${e.tagName} ${(e.innerText || e.id || e.value).trim().slice(0, 16)} is ${Math.round(r.width)} × ${Math.round(r.height)}`)
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const small = new Map()
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement
    const words = walker.currentNode.textContent.trim()
    if (!words || !seen(e) || /^(SCRIPT|STYLE|OPTION)$/.test(e.tagName)) continue
    const px = parseFloat(getComputedStyle(e).fontSize)
    if (px < 18) small.set(`${px} px ${e.tagName}.${e.className}`, words.slice(0, 16))
  }
  for (const [k, v] of small) out.push(`${k}: ${v}`)
  return out
}, elder)
/** Chinese within an English page that no lang says. */
const unmarked = (page) => page.evaluate(() => {
  const out = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement
    const words = walker.currentNode.textContent.trim()
    if (/[\u4e00-\u9fff]/.test(words) && !/^(SCRIPT|STYLE|NOSCRIPT)$/.test(e.tagName) && !e.closest('[lang]').lang.startsWith('zh')) out.push(`${e.tagName}.${e.className} ${words.slice(0, 24)}`)
  }
  return out
})

async function all(who, name, paths) {
  for (const path of paths) {
    await go(who, path)
    for (const elder of [false, true]) {
      await who.evaluate((on) => document.documentElement.classList.toggle('elder', on), elder)
      for (const f of await faults(who, elder)) check(false, `${path} (${name}), 320 px${elder ? ', elder' : ''}: ${f}`)
      check(true, 'looked at')
    }
  }
  await who.evaluate(() => localStorage.setItem('lang', 'en'))
  for (const path of paths) {
    await go(who, path)
    const left = await unmarked(who)
    check(!left.length, `${path} (${name}) in English, not marked: ${left.slice(0, 8).join(' | ')} (${left.length})`)
  }
}
const asked = pages.map((p) => PARAMETERS[p] ?? p).filter((p) => !p.includes(':'))
const me = await visitor('demo-bing', { viewport: { width: 320, height: 640 } })
await all(me, 'signed in', [...asked, '/no-such'])
const out = await visitor('', { viewport: { width: 320, height: 640 } })
await all(out, 'signed out', ['/', '/sign-in', '/report', '/verify'])
// What opens on a page is part of it.
await me.evaluate(() => localStorage.setItem('lang', 'zh'))
await go(me, `/bills/${stay.settlement}`)
await me.getByRole('button', { name: '全部展开' }).click()
await me.evaluate(() => document.documentElement.classList.add('elder'))
for (const f of await faults(me, true)) check(false, `a bill, opened, 320 px, elder: ${f}`)
await clean(me, 'a bill, opened, on a phone', { elder: true })
await end()
