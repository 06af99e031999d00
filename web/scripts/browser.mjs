// Debian's chromium through playwright-core, and signing in: shared by the tests and the tour.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

export async function open() {
  const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync)
  if (!path) throw new Error('chromium is not installed')
  return chromium.launch({
    executablePath: path,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--force-color-profile=srgb', '--disable-gpu'],
  })
}
export async function signIn(page, base, user, password, where = '/sign-in') {
  await page.goto(base + where)
  await page.fill('#user', user)
  await page.fill('#password', password)
  await page.keyboard.press('Enter')
  await page.locator('#password').waitFor({ state: 'detached', timeout: 20000 })
}
export const PASSWORD = 'yiheng-demo'
