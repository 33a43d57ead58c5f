// What every page must be, whatever it is about.
import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'

export const PHONE = { width: 360, height: 740 }
export const DESK = { width: 1280, height: 900 }

/** What a page says of the form that was sent before it: it stands beside other things that are read out. */
export const told = (page) => page.locator('.notice[role=status]').first()

const SIZE_OF_TARGETS = { rules: { 'target-size': { enabled: true } } }
const CONTRAST = { runOnly: { type: 'rule', values: ['color-contrast'] } }

/** No violation that axe knows of, WCAG 2.2's size of targets among them. */
export const isAccessible = (page, what) => hasNoViolation(page, what, SIZE_OF_TARGETS)

/** The same of what alone another theme can change. */
export const isLegible = (page, what) => hasNoViolation(page, what, CONTRAST)

async function hasNoViolation(page, what, options) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).options(options).analyze()
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n` + nodes.map((node) => `  ${node.target}\n  ${node.failureSummary}`).join('\n'))
  expect(told, what).toEqual([])
}

/** Nothing runs out of the screen; what is wide scrolls in a box of its own. */
export async function fitsItsWidth(page, what) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    const runsOut = (element) => element.getBoundingClientRect().right > width + 1
    const isBoxed = (element) => element.closest('.scroll-x, .work-bar nav, .subnav, .tabs, .category-nav') !== null
    const isFolded = (element) => element.closest('details:not([open]) > :not(summary)') !== null
    // The innermost are to blame.
    const isOuter = (element) => [...element.children].some(runsOut)
    const found = [...document.querySelectorAll('body *')].filter((element) => runsOut(element) && !isBoxed(element) && !isFolded(element) && !isOuter(element))
    return [document.documentElement.scrollWidth, ...found.slice(0, 5).map((element) => element.outerHTML.slice(0, 160))]
  })
  expect(wide, `${what} runs out of its width`).toEqual([])
}
