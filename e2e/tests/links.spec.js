// From each face's home, every link of ours leads somewhere.
import { expect, stateOf, test } from '../lib/test.js'

/** Pages of one shape that are opened for their links, and that are asked for: there are thousands of products. */
const OPENED_OF_A_SHAPE = 2
const ASKED_OF_A_SHAPE = 3
/** A mail's link to a buyer's order is for whom the mail is to: nobody else is told that there is such an order. A guest's opens for whoever has it. */
const isSomebodyElses = (path, from) => path === '/orders/*' && from.startsWith('/dev/mail/')
/** Addresses of one path that are asked for, whatever their filters: any two of a hundred can be combined. */
const ASKED_OF_A_PATH = 40
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** An address's path, and all of it, without what tells it from others of its kind. */
function kindOf(url) {
  const path = url.pathname.replace(/^\/(p|shop|c|media|order-links)\/.*/, '/$1/*').replace(ID, '*')
  const keys = [...new Set(url.searchParams.keys())].sort()
  return { path, of: `${path}?${keys.join('&')}` }
}

for (const [face, home] of [['guest', '/'], ['buyer', '/account'], ['seller', '/seller'], ['operator', '/operator']]) {
  test.describe(face, () => {
    test.use({ storageState: async ({}, use) => use(stateOf(face)) })

    test(`no link is dead for the ${face}`, async ({ page, baseURL }) => {
      // Some hundred pages in one test: three times as long as others may take.
      test.slow()
      const [asked, opened, seen] = [new Map(), new Map(), new Set()]
      const todo = [{ href: home, from: home }]
      const dead = []
      const take = (counts, of, most) => {
        const count = counts.get(of) ?? 0
        counts.set(of, count + 1)
        return count < most
      }
      while (todo.length > 0) {
        const { href, from } = todo.shift()
        const url = new URL(href, baseURL)
        const target = url.pathname + url.search
        const { path, of } = kindOf(url)
        if (url.origin !== new URL(baseURL).origin || seen.has(target) || isSomebodyElses(path, from)) continue
        // Pictures have no kinds: as many are asked for as of any other path.
        const most = path === '/media/*' ? ASKED_OF_A_PATH : ASKED_OF_A_SHAPE
        if (!take(asked, of, most) || !take(asked, path, ASKED_OF_A_PATH)) continue
        seen.add(target)
        const answer = await page.request.get(target)
        if (answer.status() >= 400) dead.push(`${answer.status()} ${target} (from ${from})`)
        const isPage = answer.headers()['content-type']?.startsWith('text/html')
        if (!isPage || answer.status() >= 400 || !take(opened, of, OPENED_OF_A_SHAPE)) continue
        const { links, lost } = linksOf(await answer.text())
        dead.push(...lost.map((anchor) => `no ${anchor} on ${target}`))
        const here = new URL(answer.url()).pathname
        todo.push(...links.map((link) => ({ href: new URL(link, answer.url()).href, from: here })))
      }
      expect(seen.size).toBeGreaterThan(20)
      expect(dead).toEqual([])
    })
  })
}

/** Addresses on a page, and its own anchors that are not there. */
function linksOf(html) {
  const decoded = (text) => text.replace(/&#38;|&amp;/g, '&').replace(/&#x?[0-9a-f]+;/gi, '')
  const hrefs = [...html.matchAll(/<a [^>]*?href="([^"]*)"/g)].map((match) => decoded(match[1]))
  const sources = [...html.matchAll(/<(?:img|script|link) [^>]*?(?:src|href)="([^"]*)"/g)].map((match) => decoded(match[1]))
  const anchors = hrefs.filter((href) => href.startsWith('#') && href !== '#')
  const lost = anchors.filter((anchor) => !html.includes(`id="${anchor.slice(1)}"`))
  const links = [...hrefs, ...sources].filter((href) => !href.startsWith('#') && !href.startsWith('mailto:'))
  return { links, lost }
}
