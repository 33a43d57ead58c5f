// Every page of every face: axe in light and dark, at a phone's and a desk's width, in both languages; and a screenshot of each.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { out } from '../playwright.config.js'
import { expect, readScene, stateOf, test } from '../lib/test.js'
import { DESK, PHONE, fitsItsWidth, isAccessible, isLegible } from '../lib/looks.js'
import { addresses, pagesOf } from '../lib/pages.js'

const FACES = pagesOf({})

test('every page of the program is looked at', () => {
  const known = Object.values(FACES).flat().map(([, address]) => address)
  expect(addresses().length).toBeGreaterThan(50)
  expect(addresses().filter((address) => !known.includes(address))).toEqual([])
})

for (const face of Object.keys(FACES)) {
  test.describe(face, () => {
    test.use({ storageState: async ({}, use) => use(stateOf(face)), viewport: DESK })
    for (const [name] of FACES[face]) {
      test(`${face}: ${name}`, async ({ page }) => {
        const [, address, path] = pagesOf(readScene())[face].find(([of]) => of === name)
        const answer = await page.goto(path)
        // What has no address in the table is there to be refused.
        if (address) expect(answer.status(), path).toBe(200)
        else expect(answer.status(), path).toBeGreaterThanOrEqual(400)
        const folder = resolve(out, 'screens', face)
        mkdirSync(folder, { recursive: true })
        const picture = (width, theme) =>
          page.screenshot({ path: `${folder}/${name}-${width}-${theme}.jpg`, type: 'jpeg', quality: 70, fullPage: true })
        for (const [width, size] of [[1280, DESK], [360, PHONE]]) {
          await page.setViewportSize(size)
          await page.emulateMedia({ colorScheme: 'light' })
          const seen = `${face}: ${name} at ${width}`
          await isAccessible(page, `${seen}, light`)
          await picture(width, 'light')
          await page.emulateMedia({ colorScheme: 'dark' })
          await isLegible(page, `${seen}, dark`)
          await picture(width, 'dark')
          await fitsItsWidth(page, seen)
        }
        // Words of the other language are longer.
        await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=es`)
        await expect(page.locator('html')).toHaveAttribute('lang', 'es')
        await fitsItsWidth(page, `${face}: ${name} at 360 in Spanish`)
      })
    }
  })
}
