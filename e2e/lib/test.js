// Playwright's test with what all of ours need.
import { test as base, expect } from '@playwright/test'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { out } from '../playwright.config.js'

/** Where the marketplace was made ready: who is signed in, and what is where. */
export const scene = resolve(out, 'scene.json')
export const stateOf = (face) => resolve(out, `state-${face}.json`)
export const readScene = () => {
  if (!existsSync(scene)) throw new Error(`${scene} is missing: the set-up has not run.`)
  return JSON.parse(readFileSync(scene, 'utf8'))
}

export const test = base.extend({
  /** Opens a page for another person than the one whose test it is: `await as('seller')`. */
  as: async ({ browser }, use) => {
    const opened = []
    await use(async (face) => {
      const context = await browser.newContext({ storageState: face ? stateOf(face) : undefined })
      opened.push(context)
      return context.newPage()
    })
    await Promise.all(opened.map((context) => context.close()))
  },
  /** A script that breaks, or is forbidden by our own policy, fails the test whatever it was about. */
  page: async ({ page }, use) => {
    const broken = []
    page.on('pageerror', (error) => broken.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource: the server responded with a status of 4/.test(message.text())) broken.push(message.text())
    })
    await use(page)
    expect(broken, 'errors in the browser').toEqual([])
  },
})
export { expect }
