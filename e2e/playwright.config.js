import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from '@playwright/test'

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'
if (!existsSync(chromium)) throw new Error(`There is no browser at ${chromium}: install chromium, or set CHROMIUM.`)
if (!process.env.STOA_URL) throw new Error('STOA_URL is not set: run scripts/e2e, which starts a marketplace to try.')

/** Everything that the tests leave behind. */
export const out = resolve(process.env.E2E_OUT ?? '../build/e2e')

export default defineConfig({
  testDir: 'tests',
  projects: [
    { name: 'scene', testMatch: /scene\.setup\.js/ },
    { name: 'faces', testMatch: /\.spec\.js/, dependencies: ['scene'] },
  ],
  outputDir: `${out}/results`,
  // One marketplace for all, and a machine with two cores.
  workers: 2,
  fullyParallel: true,
  // Where nobody looks on, a slip of a busy machine must not cost the whole run; what needed another try is listed as flaky.
  retries: process.env.CI ? 2 : 1,
  // Nothing here is about speed: a machine that does other things beside this one is waited for.
  timeout: 180_000,
  expect: { timeout: 30_000, toPass: { timeout: 90_000 } },
  forbidOnly: true,
  reporter: [['line'], ['html', { outputFolder: `${out}/report`, open: 'never' }]],
  use: {
    baseURL: process.env.STOA_URL,
    locale: 'en-GB',
    timezoneId: 'Europe/Madrid',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    screenshot: 'only-on-failure',
    // Recording takes a third of a test's time: what failed is recorded when it is tried again.
    trace: 'on-first-retry',
    launchOptions: { executablePath: chromium, args: ['--disable-gpu'] },
  },
})
