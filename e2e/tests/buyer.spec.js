// The buyer's journey, on a phone and at a desk, with and without a script.
import { expect, test } from '../lib/test.js'
import { DESK, PHONE, fitsItsWidth } from '../lib/looks.js'
import { OTHER_SELLER, SELLER, newEmail, register, signIn } from '../lib/people.js'
import { CARD, addFrom, addThis, buy, checkout, place, untilPaid } from '../lib/shopping.js'
import { deliver, sale } from '../lib/selling.js'

const main = (page) => page.getByRole('main')
const state = (page) => page.locator('.order-head .tag')
const euros = (text) => Number(text.replace(/[^\d.]/g, ''))

/** Every way of looking at the shop; each pays in another way. */
const WAYS = [
  { name: 'on a phone', viewport: PHONE, script: true, card: CARD.good },
  { name: 'on a phone without a script', viewport: PHONE, script: false, card: CARD.asks },
  { name: 'at a desk', viewport: DESK, script: true, card: CARD.declined },
  { name: 'at a desk without a script', viewport: DESK, script: false, card: CARD.good },
]

/** Types the beginning of a word and walks what is suggested with the keys, without going anywhere. */
const suggests = async (page, box) => {
  await box.pressSequentially('bow')
  const list = page.getByRole('listbox', { name: 'Suggestions' })
  await expect(list.getByRole('option').first()).toBeVisible()
  await expect(box).toHaveAttribute('aria-expanded', 'true')
  await box.press('ArrowDown')
  const chosen = list.locator('[aria-selected="true"]')
  await expect(chosen).toHaveCount(1)
  await expect(box).toHaveAttribute('aria-activedescendant', await chosen.getAttribute('id'))
  await box.press('Escape')
  await expect(list).toBeHidden()
  await expect(box).toHaveValue('bow')
}

for (const { name, viewport, script, card } of WAYS) {
  test.describe(name, () => {
    test.use({ viewport, javaScriptEnabled: script })

    test(`a guest buys from two makers ${name}`, async ({ page }) => {
      await page.goto('/')
      // With a script the box suggests.
      const box = page.getByRole(script ? 'combobox' : 'searchbox', { name: 'Search for pieces and makers' })
      if (script) await suggests(page, box)
      await box.fill('bowl')
      await box.press('Enter')
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('“bowl”')
      const all = await seen(page)

      await narrow(page, { wide: viewport === DESK, script })
      const ofMaker = await seen(page)
      expect(ofMaker).toBeGreaterThan(0)
      expect(ofMaker).toBeLessThan(all)
      const makers = await main(page).locator('.card-maker').allInnerTexts()
      expect(makers.filter((maker) => !maker.startsWith(SELLER.name))).toEqual([])

      const first = await putInFromHere(page)
      await addFrom(page, OTHER_SELLER.shop)
      await expect(page.getByRole('heading', { level: 2, name: SELLER.name })).toBeVisible()
      await expect(page.getByRole('heading', { level: 2, name: OTHER_SELLER.name })).toBeVisible()
      await changeQuantity(page, first, script)
      await fitsItsWidth(page, 'the basket')

      await checkout(page, card, newEmail('guest'))
      const total = await place(page)
      await pay(page, card)
      const order = await untilPaid(page)
      await expect(main(page).locator('.totals .sum')).toContainText(total)
      for (const maker of [SELLER.name, OTHER_SELLER.name]) await expect(page.locator('.suborder-head', { hasText: maker })).toBeVisible()
      const parts = await main(page).locator('.totals .part dd').allInnerTexts()
      expect(parts.length).toBe(2)
      expect(parts.map(euros).reduce((sum, part) => sum + part, 0)).toBeCloseTo(euros(total), 2)
      await fitsItsWidth(page, 'the order')

      // It is the guest's alone.
      const stranger = await page.context().browser().newContext()
      expect((await stranger.request.get(order)).status()).toBe(404)
      await stranger.close()
      await expect(await cartCount(page)).toBe(0)
    })

    test(`somebody who comes back cancels one order and sends another back ${name}`, async ({ page, as }) => {
      test.slow()
      const email = newEmail('back')
      await register(page, 'Nuria Salas', email)
      await signOut(page)
      await signIn(page, email)

      const regretted = await buy(page, [SELLER.shop, OTHER_SELLER.shop])
      await page.getByRole('button', { name: 'Cancel the order' }).click()
      await expect(state(page)).toHaveText('Cancelled')
      await expect(main(page)).toContainText('What you paid goes back the way it came.')

      // The second time the address is known.
      await addFrom(page, SELLER.shop)
      await page.goto('/checkout/address')
      await expect(page.getByLabel('Street and number')).toHaveValue('Calle de Toledo 41, 2º B')
      const kept = await buy(page, [])
      expect(kept).not.toBe(regretted)
      const number = (await page.locator('.suborder-head .one-line').innerText()).trim()

      const seller = await as('seller')
      await deliver(seller, await sale(seller, number))
      await page.reload()
      await expect(state(page)).toHaveText('Delivered')
      await page.getByText('Return something').click()
      const form = page.locator('form[action$="/returns"]')
      await form.locator('input[type=number]').first().fill('1')
      await form.getByLabel('Why?').selectOption('changed_mind')
      await form.getByRole('button', { name: 'Ask for the return' }).click()
      await expect(page.locator('.return-case .tag')).toHaveText('Waiting for an answer')
      await page.getByRole('button', { name: /^Keep it after all/ }).click()
      await expect(page.locator('.return-case .tag')).toHaveText('Withdrawn')
      await fitsItsWidth(page, 'the order with its return')

      await page.goto('/orders')
      await expect(main(page).locator('.order-row')).toHaveCount(2)
      await page.goto('/account')
      await expect(main(page)).toContainText('Calle de Toledo 41')
    })
  })
}

test('a refused address keeps what was typed, and its page can change its language', async ({ page }) => {
  await buy(page, [SELLER.shop], newEmail('moves'))
  await page.getByText('Send it somewhere else').click()
  const form = page.locator('form[action$="/address"]')
  await form.getByLabel('Street and number').fill('Avenida de la Playa 7')
  await form.getByLabel('Postcode').fill('99999')
  await form.getByRole('button', { name: 'Save the address' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(form.getByLabel('Street and number')).toHaveValue('Avenida de la Playa 7')
  await expect(form.getByLabel('Postcode')).toHaveValue('99999')
  await page.getByRole('button', { name: 'Español' }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'es')
  await expect(page).toHaveURL(/\/orders\/[^/]+$/)
})

/** How many pieces a list says there are. */
async function seen(page) {
  return euros(await main(page).locator('.listing-bar [role=status]').innerText())
}

/** Ticks a maker in the filter: at a desk the script shows the results at once, elsewhere a button does. */
async function narrow(page, { wide, script }) {
  if (!wide) await page.locator('summary', { hasText: 'Filter' }).click()
  await page.locator('#facets').getByRole('checkbox', { name: SELLER.name }).check()
  if (!(wide && script)) await page.getByRole('button', { name: 'Show results' }).click()
  await expect(page).toHaveURL(/seller=/)
}

/** Puts the first piece of the list in that there is enough of; says its title. */
async function putInFromHere(page) {
  const list = page.url()
  for (let n = 0; ; n++) {
    await page.goto(list)
    await main(page).locator('.card h3 a').nth(n).click()
    await expect(page).toHaveURL(/\/p\//)
    if (await page.getByText('In stock', { exact: true }).isVisible()) return addThis(page)
  }
}

async function changeQuantity(page, title, script) {
  await page.goto('/cart')
  const line = page.locator('.line', { hasText: title })
  const before = euros(await line.locator('.line-total').innerText())
  await line.getByRole('spinbutton').fill('2')
  if (script) await line.getByRole('spinbutton').press('Tab')
  else await line.getByRole('button', { name: 'Update' }).click()
  await expect(async () => expect(euros(await line.locator('.line-total').innerText())).toBeCloseTo(2 * before, 2)).toPass()
}

/** What the card wants beside the order: a word at the bank, or another card. */
async function pay(page, card) {
  if (card === CARD.asks) {
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Confirm this payment')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await expect(page).toHaveURL(/\/orders\//)
  }
  if (card === CARD.declined) {
    await expect(state(page)).toHaveText('Payment failed')
    await page.getByRole('link', { name: 'Try to pay again' }).click()
    await page.getByRole('radio', { name: CARD.good }).check()
    await page.getByRole('button', { name: /^Pay/ }).click()
    await expect(page).toHaveURL(/\/orders\/[^/]+(\?|$)/)
  }
}

async function cartCount(page) {
  // The basket learns of the order a moment later.
  await expect(async () => {
    await page.goto('/cart')
    await expect(page.getByRole('heading', { name: 'Your basket is empty' })).toBeVisible({ timeout: 500 })
  }).toPass()
  return page.locator('.cart-count').count()
}

async function signOut(page) {
  await page.goto('/account')
  await page.getByRole('navigation', { name: 'Account', exact: true }).getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible()
}
