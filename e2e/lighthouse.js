// What scripts/lighthouse measures, and what is promised.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const from = createRequire(resolve(process.env.LIGHTHOUSE, 'package.json'))
const load = async (name) => import(pathToFileURL(from.resolve(name)))
const { default: lighthouse } = await load('lighthouse')
const { launch } = await load('chrome-launcher')

const base = process.env.STOA_URL
const out = resolve(process.env.E2E_OUT ?? resolve(here, '../build/e2e'), 'lighthouse')
mkdirSync(out, { recursive: true })

const PROMISED = [
  { name: 'performance', of: (r) => Math.round(r.categories.performance.score * 100), least: 95 },
  { name: 'accessibility', of: (r) => Math.round(r.categories.accessibility.score * 100), least: 100 },
  { name: 'LCP ms', of: (r) => Math.round(r.audits['largest-contentful-paint'].numericValue), most: 1200 },
  { name: 'CLS', of: (r) => Number(r.audits['cumulative-layout-shift'].numericValue.toFixed(3)), most: 0.02 },
  { name: 'script KB', of: (r) => Math.round(scriptBytes(r) / 102.4) / 10, most: 40 },
]

function scriptBytes(report) {
  const sent = report.audits['network-requests'].details.items.filter((item) => item.resourceType === 'Script')
  return sent.reduce((sum, item) => sum + item.transferSize, 0)
}

/** A piece that is in stock, and a basket with it: the cookies of somebody who put it in. */
async function shopping() {
  const found = await (await fetch(`${base}/v1/search?q=bowl&limit=1`)).json()
  const { slug, product } = found.hits[0]
  const path = `/p/${slug}-${product}`
  const page = await fetch(base + path)
  const cookies = new Map()
  const keep = (answer) => {
    for (const cookie of answer.headers.getSetCookie()) cookies.set(...cookie.split(';')[0].split(/=(.*)/s, 2))
  }
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  keep(page)
  const html = await page.text()
  const form = html.match(/<form[^>]*action="(\/cart[^"]*)"[^>]*>(.*?)<\/form>/s)
  const fields = new URLSearchParams()
  for (const [tag] of form[2].matchAll(/<input[^>]*>/g)) {
    const value = (name) => tag.match(new RegExp(`${name}="([^"]*)"`))?.[1]
    const isChosen = value('type') !== 'radio' || /\schecked/.test(tag)
    if (value('name') && isChosen) fields.set(value('name'), value('value') ?? '')
  }
  for (const [, name, options] of form[2].matchAll(/<select[^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs)) {
    fields.set(name, (options.match(/<option value="([^"]+)"[^>]*selected/) ?? options.match(/<option value="([^"]+)"/))[1])
  }
  const added = await fetch(base + form[1], {
    method: 'POST',
    body: fields,
    redirect: 'manual',
    headers: { Cookie: cookie(), Origin: base },
  })
  if (added.status !== 303) throw new Error(`The piece did not go into the basket: ${added.status}`)
  keep(added)
  return { path, cookie: cookie() }
}

const { path, cookie } = await shopping()
const PAGES = {
  home: '/',
  category: '/c/ceramics',
  search: '/search?q=bowl',
  product: path,
  store: '/shop/alfareria-tres-hornos',
  cart: '/cart',
}
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in PAGES))
if (unknown.length > 0) throw new Error(`There is no page ${unknown.join(', ')}: ${Object.keys(PAGES).join(', ')}`)

const missed = []
console.log(['page'.padEnd(10), ...PROMISED.map(({ name }) => name.padStart(14))].join(''))
for (const name of asked.length > 0 ? asked : Object.keys(PAGES)) {
  const chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: ['--headless=new', '--no-sandbox'] })
  try {
    const { lhr, report } = await lighthouse(base + PAGES[name], {
      port: chrome.port,
      output: 'html',
      logLevel: 'error',
      onlyCategories: ['performance', 'accessibility'],
      extraHeaders: name === 'cart' ? { Cookie: cookie } : undefined,
    })
    writeFileSync(resolve(out, `${name}.html`), report)
    writeFileSync(resolve(out, `${name}.json`), JSON.stringify(lhr))
    const row = PROMISED.map(({ name: what, of, least, most }) => {
      const value = of(lhr)
      const isMissed = (least !== undefined && value < least) || (most !== undefined && value > most)
      if (isMissed) missed.push(`${name}: ${what} is ${value}, promised ${least ?? most}`)
      return `${value}${isMissed ? ' !' : ''}`.padStart(14)
    })
    console.log(name.padEnd(10) + row.join(''))
  } finally {
    await chrome.kill()
  }
}
for (const line of missed) console.error(line)
process.exit(missed.length > 0 ? 1 : 0)
