// Every page of every face: axe in light and dark, at a phone's and a desk's width, in both languages; and a screenshot of each.
// Where CI is set each width is looked at in one theme, and no pictures are taken: nobody is there to see them.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { out } from '../playwright.config.js'
import { expect, readScene, stateOf, test } from '../lib/test.js'
import { DESK, PHONE, fitsItsWidth, isAccessible, isLegible } from '../lib/looks.js'
import { addresses, pagesOf } from '../lib/pages.js'

const FACES = pagesOf({})
const BRIEF = Boolean(process.env.CI)
const WIDTHS = [
  [1280, DESK, 'light'],
  [360, PHONE, 'dark'],
]

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
        if (!BRIEF) mkdirSync(folder, { recursive: true })
        const picture = (width, theme) =>
          page.screenshot({ path: `${folder}/${name}-${width}-${theme}.jpg`, type: 'jpeg', quality: 70, fullPage: true })
        for (const [width, size, first] of WIDTHS) {
          await page.setViewportSize(size)
          await page.emulateMedia({ colorScheme: first })
          const seen = `${face}: ${name} at ${width}`
          await isAccessible(page, `${seen}, ${first}`)
          if (!BRIEF) {
            const second = first === 'light' ? 'dark' : 'light'
            await picture(width, first)
            await page.emulateMedia({ colorScheme: second })
            await isLegible(page, `${seen}, ${second}`)
            await picture(width, second)
          }
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
